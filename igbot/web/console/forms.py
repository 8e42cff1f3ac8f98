"""What the owner may fill in, and sentences for what does not fit.

Every form carries an `act_id` made when it was drawn, so sending it twice counts once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import uuid4

from babel.numbers import get_currency_precision
from flask import request
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, Regexp
from wtforms.widgets import CheckboxInput, HiddenInput, ListWidget

from igbot.messages import QuoteLine
from igbot.web.console.words import OUTCOMES, PRICED, SHIPPING

DECIDED_BY_HAND = ("free_repair", "paid_quote", "exchange", "refund", "advise", "refuse")
PROMISES = ("free_repair", "exchange", "refund")
MOST_WORDS = 4000
MOST_MAJOR_UNITS = 100_000_000
LONGEST_VALIDITY = timedelta(days=366)
FACT = "fact-"
"""Fields named `fact-cause` set facts of the line."""

_UUID = Regexp(r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")


def _stripped(text: str | None) -> str:
    return (text or "").strip()


def _choices(words: Mapping[str, Any], codes: Iterable[str], first: str | None = None) -> list[SelectChoice]:
    none = [] if first is None else [SelectChoice("", first)]
    return none + [SelectChoice(code, words[code]) for code in codes]


class ActForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """An act that needs nothing but a tap."""

    act_id = HiddenField(default=lambda: str(uuid4()), validators=[InputRequired(), _UUID])


class LineForm(ActForm):
    """An act on one line of a claim."""

    line_id = IntegerField(widget=HiddenInput(), validators=[InputRequired(), NumberRange(min=1)])


class ReplyForm(ActForm):
    """Words to the customer."""

    text = TextAreaField(
        filters=[_stripped],
        validators=[DataRequired(_("Please write something first.")), Length(max=MOST_WORDS)],
    )


class HandBackForm(ActForm):
    """Back to the bot, with what was seen (`fact-...`) or promised."""

    line_id = IntegerField(widget=HiddenInput(), validators=[Optional(), NumberRange(min=1)])
    promise = SelectField(choices=_choices(OUTCOMES, PROMISES, _("nothing promised")), validators=[Optional()])


class FactsForm(LineForm):
    """What the facts of a line are (`fact-...`), at least one."""

    def validate(self, extra_validators: Any = None) -> bool:  # noqa: ANN401 - as WTForms has it
        """The parts, then whether a fact was chosen."""
        is_good = super().validate(extra_validators)
        if not any(value for name, value in request.form.items() if name.startswith(FACT)):
            self.form_errors.append(_("Please choose at least one fact."))
        return bool(is_good and not self.form_errors)


class ConfirmForm(LineForm):
    """Yes to a verdict."""

    verdict_id = IntegerField(widget=HiddenInput(), validators=[InputRequired(), NumberRange(min=1)])
    shipping = RadioField(choices=_choices(SHIPPING, SHIPPING), validators=[Optional()])
    note = TextAreaField(filters=[_stripped], validators=[Length(max=MOST_WORDS)])

    def need_shipping(self) -> None:
        """The verdict leaves open who pays."""
        self.shipping.validators = [InputRequired(_("Please say who pays shipping."))]


class OverruleForm(LineForm):
    """Another decision, with its clauses and the reason."""

    outcome = SelectField(
        choices=_choices(OUTCOMES, DECIDED_BY_HAND, _("please choose")),
        validators=[InputRequired(_("Please choose what you decide."))],
    )
    cites = SelectMultipleField(
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        validators=[InputRequired(_("Please choose at least one clause."))],
    )
    reason = TextAreaField(
        filters=[_stripped],
        validators=[DataRequired(_("Please write the reason; it stays with the decision.")), Length(max=MOST_WORDS)],
    )
    shipping = SelectField(choices=_choices(SHIPPING, SHIPPING, _("not said")), validators=[Optional()])
    note = TextAreaField(filters=[_stripped], validators=[Length(max=MOST_WORDS)])


class QuoteForm(LineForm):
    """A price in up to four lines, or an explicit nothing. `currency` and `today` are told by `of`."""

    work = StringField(filters=[_stripped])
    parts = StringField(filters=[_stripped])
    shipping_in = StringField(filters=[_stripped])
    shipping_out = StringField(filters=[_stripped])
    valid_until = DateField(
        validators=[InputRequired(_("Please name the last day of this price."))],
        render_kw={"required": True},
    )
    waived = BooleanField()
    note = TextAreaField(filters=[_stripped], validators=[Length(max=MOST_WORDS)])
    currency = "KRW"
    today = date.min

    def of(self, currency: str, today: date) -> None:
        """The shop's currency (ISO 4217) and its day."""
        self.currency, self.today = currency, today

    @property
    def lines(self) -> tuple[QuoteLine, ...]:
        """What was priced, in minor units; nothing for a field left empty."""
        return tuple(
            QuoteLine(what=what, amount=minor_units(self[what].data, self.currency))  # type: ignore[arg-type]  # PRICED has them all
            for what in PRICED
            if self[what].data
        )

    def validate_valid_until(self, field: DateField) -> None:
        """From today to a year."""
        if field.data < self.today:
            raise ValidationError(_("The last day is over already."))
        if field.data > self.today + LONGEST_VALIDITY:
            raise ValidationError(_("The last day is more than a year away."))

    def validate(self, extra_validators: Any = None) -> bool:  # noqa: ANN401 - as WTForms has it
        """The parts, then whether the sum makes sense."""
        if not (super().validate(extra_validators) and self._has_amounts()):
            return False
        total = sum(line.amount for line in self.lines)
        if total and self.waived.data:
            self.waived.errors = [_("This is marked as free but has amounts. Take out one of the two.")]
        elif not total and not self.waived.data:
            self.waived.errors = [_("Please fill in an amount, or mark it as free of charge.")]
        return not self.waived.errors

    def _has_amounts(self) -> bool:
        for what in PRICED:
            try:
                minor_units(self[what].data or "0", self.currency)
            except ValueError:
                self[what].errors = [_("Please write an amount in digits, such as 8,000.")]
        return not any(self[what].errors for what in PRICED)


class CannotRepairForm(LineForm):
    """No price but a no."""

    reason = RadioField(
        choices=[SelectChoice("no_parts", _("No parts left")), SelectChoice("not_repairable", _("Cannot be repaired"))],
        validators=[InputRequired(_("Please choose a reason."))],
    )
    note = TextAreaField(filters=[_stripped], validators=[Length(max=MOST_WORDS)])


class PhotoForm(ActForm):
    """A wish to see something."""

    what = StringField(filters=[_stripped], validators=[Length(max=300)])


def minor_units(text: str, currency: str) -> int:
    """An amount as typed (`8,000`, `12.50`) in whole minor units. Raises ValueError for anything else."""
    try:
        amount = Decimal(re.sub(r"[,\s]", "", text)).scaleb(get_currency_precision(currency))
    except InvalidOperation:
        raise ValueError("not an amount") from None
    if not amount.is_finite() or amount != int(amount) or not 0 <= amount <= MOST_MAJOR_UNITS * 100:
        raise ValueError("not an amount")
    return int(amount)


def major_units(amount: int, currency: str) -> str:
    """Whole minor units as one would type them."""
    return f"{Decimal(amount).scaleb(-get_currency_precision(currency)):f}"
