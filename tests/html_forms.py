"""The forms of a page as a browser sees them: their controls, and what is sent of them."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

NEW_LINE = re.compile(r"\r\n?|\n")
BUTTONS = frozenset({"submit", "button", "reset", "image"})


@dataclass
class Control:
    """All inputs of one name. values: what would be sent of them. options: what else may be; None: any text."""

    name: str
    kind: str
    values: list[str] = field(default_factory=list)
    options: list[str] | None = None

    @property
    def is_hidden(self) -> bool:
        return self.kind == "hidden"


@dataclass
class HtmlForm:
    method: str
    controls: dict[str, Control] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)  # those that submit: Enter presses the first

    @property
    def names(self) -> frozenset[str]:
        """Of the controls that a person can change."""
        return frozenset(control.name for control in self.controls.values() if not control.is_hidden)

    def values(self) -> dict[str, list[str]]:
        return {name: self.controls[name].values for name in self.names}

    def sent(self, typed: dict[str, list[str]]) -> dict[str, list[str]]:
        """Everything that a browser sends once the person has entered `typed`."""
        data = {name: control.values for name, control in self.controls.items()}
        for name, texts in typed.items():
            options = self.controls[name].options
            assert options is None or set(texts) <= set(options), f"{name} offers {options}, not {texts}"
            data[name] = texts
        for name, value in self.buttons[:1]:
            if name:
                data[name] = [value]
        return {name: [NEW_LINE.sub("\r\n", text) for text in texts] for name, texts in data.items() if texts}


def forms_of(response: Any) -> list[HtmlForm]:
    reader = Reader()
    reader.feed(response.content.decode())
    reader.close()
    return reader.forms


class Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[HtmlForm] = []
        self.form: HtmlForm | None = None
        self.select: Control | None = None
        self.is_multiple = False
        self.text_of: Control | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        own = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.form = HtmlForm(own.get("method", "get").lower())
            self.forms.append(self.form)
        elif self.form is None or "disabled" in own:
            return
        elif tag == "input" and own.get("name"):
            self.see_input(self.form, own)
        elif tag == "select":
            self.select = self.control(self.form, own["name"], "select")
            self.is_multiple, self.select.options = "multiple" in own, []
        elif tag == "option" and self.select is not None and self.select.options is not None:
            self.select.options.append(own["value"])
            if "selected" in own:
                self.select.values = [*self.select.values, own["value"]] if self.is_multiple else [own["value"]]
        elif tag == "textarea":
            self.text_of = self.control(self.form, own["name"], "textarea")
            self.text_of.values.append("")
        elif tag == "button" and own.get("type", "submit") == "submit":
            self.form.buttons.append((own.get("name", ""), own.get("value", "")))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def see_input(self, form: HtmlForm, own: dict[str, str]) -> None:
        kind = own.get("type", "text").lower()
        if kind in BUTTONS:
            return
        control = self.control(form, own["name"], "hidden" if "hidden" in own else kind)
        if kind in {"checkbox", "radio"}:
            value = own.get("value", "on")
            control.options = [*(control.options or []), value]
            if "checked" in own:
                control.values.append(value)
        else:
            control.values.append(own.get("value", "") if kind == "hidden" else NEW_LINE.sub("", own.get("value", "")))

    def control(self, form: HtmlForm, name: str, kind: str) -> Control:
        return form.controls.setdefault(name, Control(name, kind))

    def handle_data(self, data: str) -> None:
        if self.text_of is not None:
            self.text_of.values[-1] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.form = None
        elif tag == "textarea" and self.text_of is not None:
            text = NEW_LINE.sub("\n", self.text_of.values[-1])
            self.text_of.values[-1] = text.removeprefix("\n")  # a line break right after the tag does not count
            self.text_of = None
        elif tag == "select" and self.select is not None:
            if not self.select.values and not self.is_multiple:
                self.select.values = (self.select.options or [])[:1]
            self.select = None
