"""The gate in front of every view: each one says who may enter, and one that says nothing is closed to all."""

from collections.abc import Callable

from flask import Flask, abort, current_app, g, redirect, request, session, url_for
from flask_babel import gettext as _
from flask_login import LoginManager, current_user

from grants.access import crowded, policy, saved_views, territory
from grants.access.held import hold
from grants.access.labels import role_label
from grants.access.models import Person
from grants.access.rights import RIGHTS
from grants.access.sign_ins import find_live
from grants.core.unit_of_work import SAFE_METHODS

PUBLIC = "public"
SIGNED_IN = "signed in"

login_manager = LoginManager()


def allowed(right: str) -> Callable:
    """Open a view to the people who hold a right somewhere. On which object is asked once it is loaded."""
    if right not in RIGHTS:
        raise KeyError(right)

    def mark(view: Callable) -> Callable:
        view.entrance = right
        return view

    return mark


def public(view: Callable) -> Callable:
    """Open a view to everybody."""
    view.entrance = PUBLIC
    return view


def signed_in(view: Callable) -> Callable:
    """Open a view to everybody who is signed in, whatever their role."""
    view.entrance = SIGNED_IN
    return view


def entrance(endpoint: str) -> str | None:
    """Who may enter an endpoint: a right, `PUBLIC`, `SIGNED_IN`, or None where nobody said."""
    return getattr(current_app.view_functions[endpoint], "entrance", None)


def enters(person: Person, url: str) -> bool:
    """Whether a person may enter the page behind an address of this house, by its door; what lies there is another question."""
    wanted = entrance(current_app.url_map.bind("").match(url.partition("?")[0])[0])
    return wanted in (PUBLIC, SIGNED_IN) or (wanted is not None and policy.may(person, wanted))


def current_person() -> Person:
    """The person who is signed in. Only for views that are not public."""
    return g.person


def init_app(app: Flask) -> None:
    login_manager.init_app(app)
    # Kept off: it hashes address and browser, and would sign phones out at each change of network.
    login_manager.session_protection = None
    login_manager.user_loader(find_live)
    app.before_request(_enter)
    crowded.init_app(app, recognise=_recognise)
    app.jinja_env.globals["may"] = lambda right: policy.may(g.get("person"), right)
    app.jinja_env.filters["role_name"] = role_label
    saved_views.init_app(app)
    app.jinja_env.filters["territory_name"] = lambda code: territory.label(code) if code else _("Whole programme")


def _enter():
    """Load who asks, and let them in or not."""
    g.person, g.beside = None, {}
    if request.endpoint is None or request.endpoint == "static":
        return None
    _recognise()
    wanted = entrance(request.endpoint)
    if wanted == PUBLIC:
        return None
    if wanted is None:
        abort(404)
    if g.person is None:
        return _to_sign_in()
    if wanted != SIGNED_IN:
        policy.require(g.person, wanted)
    return None


def _recognise() -> None:
    g.person, g.beside = None, {}
    user = current_user._get_current_object()
    if user.is_authenticated:
        g.person, g.beside = user.person, user.beside
    g.person_id = g.person.id if g.person is not None else None


def _to_sign_in():
    """Send to the sign-in page; what was posted by somebody whose sign-in has ended waits there for them."""
    if request.method in SAFE_METHODS:
        here = request.full_path.rstrip("?")
        return redirect(url_for("access.sign_in", next=here if here != "/" else None))
    return hold(session)
