// Small comforts. Every page works without this file: it only saves a double send, a lost focus or a press.

// An answer that is a file leaves the page standing: after this long its form may be sent once more.
const HELD_MS = 20_000;

/** A slow network invites a second press: a form that is on its way is not sent again. */
function sendOnce(event) {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "1";
  event.submitter?.setAttribute("aria-busy", "true");
  setTimeout(release, HELD_MS);
}

/** Coming back with the browser's arrow shows the page as it was left: let its forms be sent again. */
function release() {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  for (const button of document.querySelectorAll("button[aria-busy]")) button.removeAttribute("aria-busy");
}

/** Open menus close on Escape and on a press elsewhere; the focus goes back to what opened them. */
function closeMenus(except) {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (menu === except) continue;
    if (menu.contains(document.activeElement)) menu.querySelector("summary").focus();
    menu.open = false;
  }
}

document.addEventListener("submit", sendOnce);
window.addEventListener("pageshow", (event) => event.persisted && release());
document.addEventListener("keydown", (event) => event.key === "Escape" && closeMenus());
document.addEventListener("click", (event) => closeMenus(event.target.closest("details.menu")));
document.querySelector("[data-focus]")?.focus();
