// Starts what reacts on a page, while the page is still being read: loads the program, whose two parts are asked
// for side by side, and hands it each element that is an island once that is whole. The names are filled in when
// the binary is built (app/build.rs).
const wasm = fetch("{{wasm}}");
const program = await import("{{glue}}");
await program.default({ module_or_path: wasm });
program.hydrate();

const alive = new WeakSet();
function revive() {
  const isRead = document.readyState !== "loading";
  for (const island of document.querySelectorAll("leptos-island")) {
    // The one being read is the last element so far.
    if (alive.has(island) || !(isRead || island.nextElementSibling)) continue;
    alive.add(island);
    program[island.dataset.component](island);
  }
}
revive();
document.addEventListener("DOMContentLoaded", revive);
