// Writing an application: questions that do not apply step back, and the budget adds itself up. Without this file every
// question is shown with the words that say when to answer it, and the sums come with the next save.

/** The answer that a form holds to a question: the text, or the values ticked. */
function answer(form, name) {
  const controls = form.querySelectorAll(`[name="${CSS.escape(name)}"]`);
  const ticks = [...controls].filter((control) => control.type === "radio" || control.type === "checkbox");
  if (ticks.length) return ticks.filter((control) => control.checked).map((control) => control.value);
  const value = controls[0]?.value.trim();
  return value ? [value] : [];
}

function holds({ when, whenRule, whenValue }, form) {
  const given = answer(form, when);
  const wanted = whenValue.split(" ");
  const number = Number((given[0] ?? "").replace(/\s/g, "").replace(",", "."));
  switch (whenRule) {
    case "at_least": return given.length > 0 && number >= Number(whenValue);
    case "at_most": return given.length > 0 && number <= Number(whenValue);
    default: return given.some((value) => wanted.includes(value));
  }
}

/** A question hangs on another that may itself be hidden: they stand in order, so one pass settles all. */
function settle(form) {
  for (const part of form.querySelectorAll("[data-when]:is(.when)")) {
    const other = form.querySelector(`[name="${CSS.escape(part.dataset.when)}"]`);
    part.hidden = Boolean(other?.closest(".when[hidden]")) || !holds(part.dataset, form);
  }
}

function whole(input) {
  return Number.parseInt((input?.value ?? "").replace(/[\s.]/g, ""), 10) || 0;
}

function addUp(table, total) {
  let sum = 0;
  for (const row of table.tBodies[0].rows) {
    sum += whole(row.querySelector("[name$=-quantity]")) * whole(row.querySelector("[name$=-unit_price]"));
  }
  total.value = new Intl.NumberFormat("fr-FR").format(sum) + " F CFA";
}

for (const form of document.querySelectorAll("form.form")) {
  if (form.querySelector(".when")) {
    settle(form);
    form.addEventListener("input", () => settle(form));
  }
  const table = form.querySelector("[data-budget]");
  const total = form.querySelector("output[data-total]");
  if (table && total) {
    total.closest("[hidden]")?.removeAttribute("hidden");
    addUp(table, total);
    form.addEventListener("input", () => addUp(table, total));
  }
}
