"""the first tables"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("id", ID, nullable=False),
        sa.Column("ig_id", sa.Text(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("username", sa.Text(), nullable=True),
        sa.Column("access_token", sa.Text(), nullable=True),
        sa.Column("token_expires_at", INSTANT, nullable=True),
        sa.Column("trouble", sa.Text(), nullable=True),
        sa.Column("paused_until", INSTANT, nullable=True),
        sa.Column("pack", sa.Text(), nullable=False),
        sa.Column("human_agent", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("ig_id", name=op.f("uq_account_ig_id")),
    )
    op.create_table(
        "customer",
        sa.Column("id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("igsid", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("username", sa.Text(), nullable=True),
        sa.Column("profile_checked_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_customer_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer")),
        sa.UniqueConstraint("account_id", "igsid", name=op.f("uq_customer_account_id_igsid")),
    )
    op.create_table(
        "order",
        sa.Column("id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("ordered_on", sa.Date(), nullable=False),
        sa.Column("igsid", sa.Text(), nullable=True),
        sa.Column("handle", sa.Text(), nullable=True),
        sa.Column("buyer", sa.Text(), nullable=True),
        sa.Column("delivered_at", INSTANT, nullable=True),
        sa.Column("delivered_on", sa.Date(), nullable=True),
        sa.Column("zone", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_order_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order")),
        sa.UniqueConstraint("account_id", "number", name=op.f("uq_order_account_id_number")),
    )
    op.create_index("ix_order_handle", "order", ["account_id", "handle"], unique=False)
    op.create_index("ix_order_igsid", "order", ["account_id", "igsid"], unique=False)
    op.create_table(
        "owner",
        sa.Column("id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_owner_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_owner")),
        sa.UniqueConstraint("name", name=op.f("uq_owner_name")),
    )
    op.create_index(op.f("ix_owner_account_id"), "owner", ["account_id"], unique=False)
    op.create_table(
        "article",
        sa.Column("id", ID, nullable=False),
        sa.Column("order_id", ID, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("facts", JSON, nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["order.id"], name=op.f("fk_article_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_article")),
    )
    op.create_index(op.f("ix_article_order_id"), "article", ["order_id"], unique=False)
    op.create_table(
        "conversation",
        sa.Column("id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("customer_id", ID, nullable=False),
        sa.Column("control", sa.Text(), nullable=False),
        sa.Column("flow", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("asking", JSON, nullable=False),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.Column("last_customer_action_at", INSTANT, nullable=True),
        sa.Column("window_shut", sa.Boolean(), nullable=False),
        sa.Column("unreachable", sa.Boolean(), nullable=False),
        sa.Column("disclosed_at", INSTANT, nullable=True),
        sa.Column("needs_owner", sa.Text(), nullable=True),
        sa.Column("needs_owner_since", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_conversation_account_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_conversation_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversation")),
        sa.UniqueConstraint("customer_id", name=op.f("uq_conversation_customer_id")),
    )
    op.create_index(
        "ix_conversation_attention",
        "conversation",
        ["account_id", "needs_owner_since"],
        unique=False,
        sqlite_where=sa.text("needs_owner IS NOT NULL"),
        postgresql_where=sa.text("needs_owner IS NOT NULL"),
    )
    op.create_index("ix_conversation_changed", "conversation", ["account_id", "changed_at"], unique=False)
    op.create_table(
        "audit",
        sa.Column("id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("owner_id", ID, nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("conversation_id", ID, nullable=True),
        sa.Column("detail", JSON, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_audit_account_id")),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], name=op.f("fk_audit_conversation_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["owner.id"], name=op.f("fk_audit_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_index("ix_audit_account", "audit", ["account_id", "id"], unique=False)
    op.create_table(
        "claim",
        sa.Column("id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("conversation_id", ID, nullable=False),
        sa.Column("order_id", ID, nullable=True),
        sa.Column("order_state", sa.Text(), nullable=False),
        sa.Column("conflict", sa.Text(), nullable=False),
        sa.Column("opened_at", INSTANT, nullable=False),
        sa.Column("closed_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_claim_account_id")),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], name=op.f("fk_claim_conversation_id")),
        sa.ForeignKeyConstraint(["order_id"], ["order.id"], name=op.f("fk_claim_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim")),
    )
    op.create_index(op.f("ix_claim_conversation_id"), "claim", ["conversation_id"], unique=False)
    op.create_table(
        "event",
        sa.Column("id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=True),
        sa.Column("conversation_id", ID, nullable=True),
        sa.Column("dedupe_key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("body", JSON, nullable=False),
        sa.Column("happened_at", INSTANT, nullable=False),
        sa.Column("received_at", INSTANT, nullable=False),
        sa.Column("not_before", INSTANT, nullable=True),
        sa.Column("handled_at", INSTANT, nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("set_aside", sa.Boolean(), nullable=False),
        sa.Column("trouble", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_event_account_id")),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], name=op.f("fk_event_conversation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
        sa.UniqueConstraint("dedupe_key", name=op.f("uq_event_dedupe_key")),
    )
    op.create_index("ix_event_conversation", "event", ["conversation_id", "id"], unique=False)
    op.create_index(
        "ix_event_todo",
        "event",
        ["conversation_id", "happened_at", "id"],
        unique=False,
        sqlite_where=sa.text("handled_at IS NULL AND NOT set_aside"),
        postgresql_where=sa.text("handled_at IS NULL AND NOT set_aside"),
    )
    op.create_index(
        "ix_event_set_aside",
        "event",
        ["account_id", "id"],
        sqlite_where=sa.text("set_aside"),
        postgresql_where=sa.text("set_aside"),
    )
    op.create_table(
        "timer",
        sa.Column("id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("conversation_id", ID, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_timer_account_id")),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], name=op.f("fk_timer_conversation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timer")),
        sa.UniqueConstraint("conversation_id", "kind", name=op.f("uq_timer_conversation_id_kind")),
    )
    op.create_index("ix_timer_due", "timer", ["due_at"], unique=False)
    op.create_table(
        "item",
        sa.Column("id", ID, nullable=False),
        sa.Column("claim_id", ID, nullable=False),
        sa.Column("article_id", ID, nullable=True),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name=op.f("fk_item_article_id")),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name=op.f("fk_item_claim_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item")),
    )
    op.create_index(op.f("ix_item_claim_id"), "item", ["claim_id"], unique=False)
    op.create_table(
        "message",
        sa.Column("id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("conversation_id", ID, nullable=False),
        sa.Column("event_id", ID, nullable=False),
        sa.Column("mid", sa.Text(), nullable=False),
        sa.Column("sent_at", INSTANT, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("attachments", JSON, nullable=False),
        sa.Column("reply_to", JSON, nullable=False),
        sa.Column("payload", sa.Text(), nullable=True),
        sa.Column("edited_at", INSTANT, nullable=True),
        sa.Column("unsent_at", INSTANT, nullable=True),
        sa.Column("seen_reaction", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_message_account_id")),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], name=op.f("fk_message_conversation_id")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_message_event_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint("account_id", "mid", name=op.f("uq_message_account_id_mid")),
    )
    op.create_index(op.f("ix_message_event_id"), "message", ["event_id"], unique=False)
    op.create_index("ix_message_thread", "message", ["conversation_id", "sent_at", "id"], unique=False)
    op.create_table(
        "reply",
        sa.Column("id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("conversation_id", ID, nullable=False),
        sa.Column("event_id", ID, nullable=True),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("quick_replies", JSON, nullable=False),
        sa.Column("image_url", sa.Text(), nullable=True),
        sa.Column("attachments", JSON, nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("not_before", INSTANT, nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("tag", sa.Text(), nullable=True),
        sa.Column("mid", sa.Text(), nullable=True),
        sa.Column("sending_since", INSTANT, nullable=True),
        sa.Column("sent_at", INSTANT, nullable=True),
        sa.Column("delivered_at", INSTANT, nullable=True),
        sa.Column("seen_at", INSTANT, nullable=True),
        sa.Column("error_code", sa.Integer(), nullable=True),
        sa.Column("error_subcode", sa.Integer(), nullable=True),
        sa.Column("fbtrace_id", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_reply_account_id")),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], name=op.f("fk_reply_conversation_id")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_reply_event_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reply")),
        sa.UniqueConstraint("account_id", "mid", name=op.f("uq_reply_account_id_mid")),
    )
    op.create_index(
        "ix_reply_held",
        "reply",
        ["account_id", "conversation_id"],
        unique=False,
        sqlite_where=sa.text("status = 'held'"),
        postgresql_where=sa.text("status = 'held'"),
    )
    op.create_index("ix_reply_thread", "reply", ["conversation_id", "created_at", "id"], unique=False)
    op.create_index(
        "ix_reply_todo",
        "reply",
        ["conversation_id", "id"],
        unique=False,
        sqlite_where=sa.text("status IN ('queued', 'sending', 'unknown')"),
        postgresql_where=sa.text("status IN ('queued', 'sending', 'unknown')"),
    )
    op.create_table(
        "line",
        sa.Column("id", ID, nullable=False),
        sa.Column("item_id", ID, nullable=False),
        sa.Column("contact_at", INSTANT, nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_line_item_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_line")),
    )
    op.create_index(op.f("ix_line_item_id"), "line", ["item_id"], unique=False)
    op.create_table(
        "evidence",
        sa.Column("id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("conversation_id", ID, nullable=False),
        sa.Column("message_id", ID, nullable=False),
        sa.Column("line_id", ID, nullable=True),
        sa.Column("media", sa.Text(), nullable=False),
        sa.Column("source_url", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("fault", sa.Text(), nullable=True),
        sa.Column("file", sa.Text(), nullable=True),
        sa.Column("thumbnail", sa.Text(), nullable=True),
        sa.Column("content_type", sa.Text(), nullable=True),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("looks", sa.Text(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("not_before", INSTANT, nullable=True),
        sa.Column("fetched_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_evidence_account_id")),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], name=op.f("fk_evidence_conversation_id")),
        sa.ForeignKeyConstraint(["line_id"], ["line.id"], name=op.f("fk_evidence_line_id")),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_evidence_message_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
    )
    op.create_index("ix_evidence_line", "evidence", ["line_id"], unique=False)
    op.create_index("ix_evidence_message", "evidence", ["message_id"], unique=False)
    op.create_index(
        "ix_evidence_wanted",
        "evidence",
        ["conversation_id", "id"],
        unique=False,
        sqlite_where=sa.text("status = 'wanted'"),
        postgresql_where=sa.text("status = 'wanted'"),
    )
    op.create_table(
        "fact",
        sa.Column("id", ID, nullable=False),
        sa.Column("line_id", ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", JSON, nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("learnt_at", INSTANT, nullable=False),
        sa.Column("message_id", ID, nullable=True),
        sa.Column("taken", sa.Boolean(), nullable=False),
        sa.Column("withdrawn_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["line_id"], ["line.id"], name=op.f("fk_fact_line_id")),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_fact_message_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fact")),
    )
    op.create_index("ix_fact_line", "fact", ["line_id", "id"], unique=False)
    op.create_index("ix_fact_message", "fact", ["message_id"], unique=False)
    op.create_table(
        "job",
        sa.Column("id", ID, nullable=False),
        sa.Column("line_id", ID, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("charge", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["line_id"], ["line.id"], name=op.f("fk_job_line_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
        sa.UniqueConstraint("line_id", name=op.f("uq_job_line_id")),
    )
    op.create_table(
        "verdict",
        sa.Column("id", ID, nullable=False),
        sa.Column("line_id", ID, nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("fee", sa.Text(), nullable=False),
        sa.Column("remedies", JSON, nullable=False),
        sa.Column("cites", JSON, nullable=False),
        sa.Column("rules", JSON, nullable=False),
        sa.Column("facts_used", JSON, nullable=False),
        sa.Column("clocks", JSON, nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("needs", JSON, nullable=False),
        sa.Column("said_key", sa.Text(), nullable=False),
        sa.Column("pack_id", sa.Text(), nullable=False),
        sa.Column("pack_version", sa.Text(), nullable=False),
        sa.Column("decided_at", INSTANT, nullable=False),
        sa.Column("replaces_id", ID, nullable=True),
        sa.Column("by_owner_id", ID, nullable=True),
        sa.Column("owner_reason", sa.Text(), nullable=False),
        sa.Column("confirmed_at", INSTANT, nullable=True),
        sa.Column("shipping", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["by_owner_id"], ["owner.id"], name=op.f("fk_verdict_by_owner_id")),
        sa.ForeignKeyConstraint(["line_id"], ["line.id"], name=op.f("fk_verdict_line_id")),
        sa.ForeignKeyConstraint(["replaces_id"], ["verdict.id"], name=op.f("fk_verdict_replaces_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verdict")),
    )
    op.create_index(op.f("ix_verdict_line_id"), "verdict", ["line_id"], unique=False)
    op.create_table(
        "quote",
        sa.Column("id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("job_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("lines", JSON, nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("waived", sa.Boolean(), nullable=False),
        sa.Column("written_at", INSTANT, nullable=False),
        sa.Column("owner_id", ID, nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_at", INSTANT, nullable=True),
        sa.Column("stopped_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_quote_account_id")),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name=op.f("fk_quote_job_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["owner.id"], name=op.f("fk_quote_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quote")),
        sa.UniqueConstraint("account_id", "number", "version", name=op.f("uq_quote_account_id_number_version")),
    )
    op.create_index(op.f("ix_quote_job_id"), "quote", ["job_id"], unique=False)
