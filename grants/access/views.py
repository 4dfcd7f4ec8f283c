"""Sign-in, sign-out, language, one's own account."""

from flask import Blueprint, flash, g, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user, login_user, logout_user

from grants.access import delegation_views, forms, operations, people_views, saved_view_pages
from grants.access.gate import current_person, public, signed_in
from grants.access.held import give_back
from grants.core.language import LANGUAGES
from grants.core.web import back_or, page, safe_next

bp = Blueprint("access", __name__)


@bp.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in():
    form = forms.SignInForm(next=request.args.get("next"))
    if request.method == "GET" and g.person is not None:
        return redirect(safe_next(request.args.get("next")) or url_for("work.mine"))
    if form.validate_on_submit():
        with form.catching():
            identity = operations.sign_in(
                form.login.data,
                form.password.data,
                address=request.remote_addr or "",
                device=request.user_agent.string,
            )
            return _welcome(identity, form)
    form.password.data = None
    return page("access/sign_in.html", form=form, notice=None)


def _welcome(identity, form):
    """Start a clean session for the person, and give back the form that waited for them."""
    kept = {key: session[key] for key in ("language",) if key in session}
    session.clear()
    session.update(kept)
    session.permanent = True
    login_user(identity)
    g.person = identity.person
    held = give_back(form.held.data, identity.person) if form.held.data else None
    if held:
        return render_template("access/held.html", held=held)
    return redirect(safe_next(form.next.data) or url_for("work.mine"))


@bp.post("/sign-out")
@public
def sign_out():
    if current_user.is_authenticated:
        operations.sign_out(current_user._get_current_object())
    logout_user()
    language = session.get("language")
    session.clear()
    if language:
        session["language"] = language
    response = redirect(url_for("access.sign_in"))
    # "cache" only: "storage" would erase what waits on the phone to be sent.
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


@bp.post("/language")
@public
def language():
    if (chosen := request.form.get("language")) in LANGUAGES:
        session.permanent = True
        session["language"] = chosen
        if g.person is not None:
            g.person.locale = chosen
    return back_or(url_for("access.sign_in"))


@bp.route("/activate", methods=["GET", "POST"])
@public
def activate():
    form = forms.ActivationForm()
    if form.validate_on_submit():
        with form.catching():
            operations.activate(form.code.data, form.password.data, address=request.remote_addr or "")
            flash(_("Your password is set. Sign in with it."), "success")
            return redirect(url_for("access.sign_in"))
    return page("access/activate.html", form=form)


@bp.route("/account", methods=["GET", "POST"])
@signed_in
def account():
    form = forms.ChangePasswordForm()
    if form.validate_on_submit():
        with form.catching():
            operations.change_password(current_person(), form.present.data, form.password.data)
            flash(_("Your password is changed. Sign in with the new one."), "success")
            return redirect(url_for("access.sign_in"))
    return page("access/account.html", form=form, person=current_person())


blueprints = (bp, delegation_views.bp, people_views.bp, saved_view_pages.bp)
