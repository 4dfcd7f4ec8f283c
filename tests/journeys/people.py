"""Somebody in front of a screen: what they see is French, what they use are labels and buttons.

Words of the programs are given by their English name and looked up in the catalogue, as the pages do: a changed French
wording breaks no journey. Words of data files (steps, kinds, questions) stand in French.
"""

import re
from datetime import date
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page

from tests.journeys.house import PASSWORD
from tests.journeys.weighing import Findings

PHONE, DESK = (360, 740), (1280, 900)


def day(value: date) -> str:
    """A day as people here write it."""
    return f"{value:%d/%m/%Y}"


class Visitor:
    """One person with a browser of their own. Whatever page they come to is examined."""

    def __init__(
        self, browser: Browser, address: str, findings: Findings, french, *, size=DESK, scripts: bool = True, shots=None
    ):
        self.address, self.findings, self.french, self.shots = address, findings, french, shots
        # axe is put into pages from outside, which the policy of the site refuses to everybody else.
        self.context = browser.new_context(
            base_url=address,
            viewport=dict(zip(("width", "height"), size, strict=True)),
            java_script_enabled=scripts,
            locale="fr-FR",
            accept_downloads=True,
        )
        self.context.set_default_timeout(15_000)
        self.page: Page = self.context.new_page()
        self.twin: Page | None = None
        self.scripts, self.requests = scripts, []
        self.page.on("requestfinished", self._received)
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: findings.console.append(f"{self.page.url}: {error}"))

    def _received(self, request) -> None:
        self.requests.append(request)

    def _heard(self, message) -> None:
        # A form that comes back with its mistakes is no error of the page, though Chromium notes it.
        if message.type == "error" and "status of 422" not in message.text:
            self.findings.console.append(f"{self.page.url}: {message.text}")

    @property
    def main(self) -> Locator:
        """The content of the page, without its menus."""
        return self.page.get_by_role("main")

    @property
    def path(self) -> str:
        """Where this person is."""
        return "/" + self.page.url.split("/", 3)[-1]

    # Going about

    def sign_in(self, login: str) -> "Visitor":
        """Sign in with the password of the house."""
        self.go("/sign-in")
        # What a first visit costs: nothing is in this browser's store yet.
        size, count = sum(self.findings.weigh(request) for request in self.requests), len(self.requests)
        self.findings.first_visits[f"{login.split('@')[0]}, /sign-in"] = (size, count)
        self.write("E-mail address or telephone", login)
        self.write("Password", PASSWORD)
        self.press("Sign in")
        assert self.path == "/", self.told()
        return self

    def go(self, path: str) -> None:
        """Open an address."""
        self._arrive(lambda: self.page.goto(path))

    def follow(self, name: str, *, within: Locator | None = None, exact: bool = False) -> None:
        """Follow a link by its words."""
        link = (within or self.main).get_by_role("link", name=self.french(name), exact=exact).first
        self._arrive(link.click)

    def press(self, name: str, *, within: Locator | None = None, refused: bool = False) -> None:
        """Press a button by its words; `refused` says that the page is expected to come back with mistakes."""
        button = (within or self.main).get_by_role("button", name=self.french(name), exact=within is None).first
        self._arrive(button.click, refused=refused)

    def _arrive(self, act, *, refused: bool = False) -> None:
        self.requests.clear()
        with self.page.expect_navigation(wait_until="load") as landing:
            act()
        status = landing.value.status
        assert status == 422 if refused else status < 400, f"{status} {self.page.url}\n{self.told()}"
        for request in self.requests:
            self.findings.weigh(request)
        # A page that was refused an answer is looked at too, apart from the same page at rest.
        looked_at = self.path.split("?")[0] + (" (refused)" if refused else "")
        self.findings.examine(self._readable, looked_at, self.page.viewport_size["width"])
        self._shoot()

    def _readable(self) -> Page:
        """This page where axe can read it: itself, or, where no scripts run, its likeness in a window that runs them."""
        if self.scripts:
            return self.page
        if self.twin is None:
            self.twin = self.context.browser.new_context(viewport=self.page.viewport_size, locale="fr-FR").new_page()
            # Some page of the same house: from its address the likeness finds its stylesheet.
            self.twin.goto(self.address + "/healthz")
        self.twin.set_content(self.page.content())
        return self.twin

    def _shoot(self) -> None:
        """A picture of each kind of page, for whoever wants to look."""
        if self.shots:
            name = re.sub(r"[^a-z_-]+", "_", self.path.split("?")[0].strip("/") or "work")[:60]
            target = Path(self.shots) / f"{name}-{self.page.viewport_size['width']}.png"
            if not target.exists():
                self.page.screenshot(path=target, full_page=True)

    def told(self) -> str:
        """What the page says, for a failing test."""
        return self.main.inner_text()[:2500]

    def sees(self, *texts: str) -> None:
        """All of these words stand on the page."""
        content = re.sub(r"\s+", " ", self.main.text_content())
        missing = [text for text in texts if re.sub(r"\s+", " ", text) not in content]
        assert not missing, f"{missing} not on {self.page.url}:\n{self.told()}"

    def does_not_see(self, text: str) -> None:
        """These words do not stand on the page."""
        assert text not in re.sub(r"\s+", " ", self.main.text_content()), f"{text} on {self.page.url}"

    # Filling in

    def write(self, label: str, value, *, within: Locator | None = None) -> None:
        """Type into the field of this label."""
        label = self.french(label)
        found = (within or self.main).get_by_label(label, exact=True)
        if not found.count():
            # A label may go on with “(facultatif)”, or a hint.
            found = (within or self.main).get_by_label(re.compile("^" + re.escape(label)))
        found.first.fill(day(value) if isinstance(value, date) else str(value))

    def pick(self, label: str, option: str, *, within: Locator | None = None) -> None:
        """Choose from a list."""
        (within or self.main).get_by_label(self.french(label)).first.select_option(label=self.french(option))

    def tick(self, question: str, *answers: str) -> None:
        """Choose among the buttons or boxes under a question."""
        group = self.main.get_by_role("group", name=self.french(question)).last
        for answer in answers:
            group.get_by_label(self.french(answer), exact=True).check()

    def hand_in(self, label: str, *paths: Path) -> None:
        """Choose files."""
        self.main.get_by_label(self.french(label)).first.set_input_files([str(path) for path in paths])

    def holds(self, name: str) -> bool:
        """Whether the form asks for this."""
        return self.main.locator(f'[name="{name}"]').count() > 0

    def answer(self, name: str, value) -> None:
        """Answer one question of a long form by the name under which it is sent, whatever its control is."""
        controls = self.main.locator(f'[name="{name}"]')
        kind = controls.first.evaluate("control => control.type")
        if isinstance(value, bool):
            value = "yes" if value else "no"
        if isinstance(value, dict):
            value = f"{value['latitude']}, {value['longitude']}"
        if kind in ("radio", "checkbox"):
            for one in value if isinstance(value, list) else [value]:
                self.main.locator(f'[name="{name}"][value="{one}"]').check()
        elif kind.startswith("select"):
            controls.select_option(index=1) if value == "@first" else controls.select_option(str(value))
        else:
            controls.fill(day(value) if isinstance(value, date) else str(value))

    def download(self, name: str, to: Path) -> Path:
        """Follow a link that gives a file."""
        with self.page.expect_download() as waiting:
            self.main.get_by_role("link", name=self.french(name)).first.click()
        waiting.value.save_as(to)
        return to

    def controls(self) -> str:
        """Every control of the page with its label, for whoever writes a journey."""
        return self.main.aria_snapshot()
