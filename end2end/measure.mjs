// What a browser needs, for `make bench`: with the CPU at a quarter of its speed, the time from the first byte
// of the list to the palette being open, the key pressed all the while, and to the program running that finds what
// is typed; with nothing of ours kept by the browser, and with what it keeps from the page before. And the bytes it
// loads. Prints one JSON object.

import { openBrowser, Person } from './person.mjs';
import { loggedIn } from './visit.mjs';

const TIMES = 9;
const SLOWER = 4;
const PRESSED_EVERY = 40;

// Run by the browser before the page: notes when the palette opens, and when the program shows its button.
function watch() {
  new MutationObserver(() => {
    if (!window.opened && document.querySelector('dialog.palette[open]')) window.opened = performance.now();
    if (!window.runs && document.querySelector('.palette-button:not([hidden])')) window.runs = performance.now();
  }).observe(document, { subtree: true, attributes: true, childList: true });
}

async function once(browser, storageState, cacheDisabled) {
  const person = await Person.at(browser, { storageState });
  const { page } = person;
  // Another page first: how long a browser takes to begin at all is not ours.
  await page.goto('/audit', { waitUntil: 'networkidle' });
  const protocol = await person.context.newCDPSession(page);
  await protocol.send('Network.enable');
  await protocol.send('Network.setCacheDisabled', { cacheDisabled });
  await protocol.send('Emulation.setCPUThrottlingRate', { rate: SLOWER });
  let bytes = 0;
  protocol.on('Network.loadingFinished', ({ encodedDataLength }) => (bytes += encodedDataLength));
  await page.addInitScript(watch);
  await page.goto('/assets', { waitUntil: 'commit' });
  while (!(await page.evaluate(() => window.opened && window.runs))) {
    await page.keyboard.press('Control+k');
    await page.waitForTimeout(PRESSED_EVERY);
  }
  const { opened, runs } = await page.evaluate(() => {
    const { responseStart } = performance.getEntriesByType('navigation')[0];
    return { opened: window.opened - responseStart, runs: window.runs - responseStart };
  });
  await page.waitForLoadState('networkidle');
  await person.leaves();
  return { opened, runs, bytes };
}

function middle(numbers) {
  return numbers.sort((one, other) => one - other)[Math.floor(numbers.length / 2)];
}

async function medians(browser, storageState, cacheDisabled) {
  const all = [];
  for (let time = 0; time < TIMES; time += 1) all.push(await once(browser, storageState, cacheDisabled));
  const of = (name) => middle(all.map((one) => one[name]));
  return { palette_ms: of('opened'), program_ms: of('runs'), loaded_bytes: of('bytes') };
}

const browser = await openBrowser();
const storageState = await loggedIn(browser);
const nothing_kept = await medians(browser, storageState, true);
const files_kept = await medians(browser, storageState, false);
await browser.close();
console.log(JSON.stringify({ nothing_kept, files_kept }));
