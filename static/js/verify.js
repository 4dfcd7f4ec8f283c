// Compares a PDF with those that were issued. The file never leaves the device: only its SHA-256 is computed, here.
const LARGEST = 30 * 1024 * 1024;
const box = document.querySelector("#file-check");
const chosen = document.querySelector("#file-to-check");
const answer = document.querySelector("#file-answer");
const copies = new Map();
for (const code of document.querySelectorAll("[data-copy]")) copies.set(code.textContent.trim(), code.dataset.copy);

const hex = (bytes) => [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");

async function compare(file) {
  if (!file) return;
  if (file.size > LARGEST) {
    answer.className = "answer bad";
    answer.textContent = box.dataset.large;
    return;
  }
  answer.className = "";
  answer.textContent = box.dataset.busy;
  const found = hex(await crypto.subtle.digest("SHA-256", await file.arrayBuffer()));
  const which = copies.get(found);
  answer.className = which ? "answer good" : "answer bad";
  answer.textContent = which ? box.dataset[which] : `${box.dataset.other} ${found}`;
}

// Browsers give this function to secure pages only; elsewhere the typed SHA-256 must do.
if (globalThis.crypto?.subtle) {
  box.hidden = false;
  chosen.addEventListener("change", () => compare(chosen.files[0]));
  box.addEventListener("dragover", (event) => event.preventDefault());
  box.addEventListener("drop", (event) => {
    event.preventDefault();
    compare(event.dataTransfer.files[0]);
  });
}
