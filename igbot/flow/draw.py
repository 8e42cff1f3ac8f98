"""A flow as a picture: Mermaid, drawn from the flow's own data."""

from __future__ import annotations

from igbot.flow.model import End, Flow, HandOver, On


def mermaid(flow: Flow) -> str:
    """The states of a flow and what leads from one to another, as a Mermaid state diagram."""
    lines = ["stateDiagram-v2"]
    lines += [f"    [*] --> {on.to}: {_label(on)}" for on in flow.opens if on.to]
    for state in flow.states:
        lines += [f"    {state.name} --> {on.to}: {_label(on)}" for on in state.own_moves if on.to]
        if isinstance(state, End):
            lines.append(f"    {state.name} --> [*]")
        elif isinstance(state, HandOver):
            lines.append(f"    note right of {state.name}: the owner has it")
    return "\n".join(dict.fromkeys(lines))


def _label(on: On) -> str:
    asks = getattr(on.only_if, "__name__", "") if on.only_if else ""
    return f"{on.event} [{asks}]" if asks else on.event
