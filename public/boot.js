// Starts what reacts on a page. The names are filled in when the binary is built (app/build.rs).

// Ctrl-K anywhere opens the palette, also while the program is still on its way: typing need not wait for it.
addEventListener("keydown", (event) => {
  const palette = document.querySelector("dialog.palette");
  const isOurs = event.key?.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.altKey;
  if (!palette || !isOurs) return;
  event.preventDefault();
  if (!palette.open) palette.showModal();
  palette.querySelector("input").select();
});

// Loads the program, whose two parts are asked for side by side, and hands it each element that is an island
// once that is whole, while the page is still being read.
async function start() {
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
}

// Whoever leaves a page breaks off what it is loading, which is no failure: only a page that stays tells one.
start().catch((error) => {
  setTimeout(() => {
    throw error;
  }, 2000);
});
