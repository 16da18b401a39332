// Pictures of every page in every look, for people to look at: node screens.mjs FOLDER

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { PAGES } from './pages.mjs';
import { openBrowser } from './person.mjs';
import { LOOKS, loggedIn, visit } from './visit.mjs';

// Steps in which a window grows to its page.
const STEPS = 3;

const folder = process.argv[2];
if (!folder) throw new Error('name a folder: node screens.mjs FOLDER');
mkdirSync(folder, { recursive: true });

const browser = await openBrowser();
const state = await loggedIn(browser);
for (const entry of PAGES) {
  for (const look of LOOKS) {
    const person = await visit(browser, entry, look, state);
    // The window grows to the page, so that everything is laid out as at this width; a picture of more than
    // the window passes through others, and what depends on the width comes out wrong.
    // What is as high as the window allows grows with it, so the page may need another step.
    for (let step = 0; step < STEPS; step += 1) {
      const height = await person.page.evaluate(() => document.documentElement.scrollHeight);
      await person.page.setViewportSize({ ...look.viewport, height });
    }
    await person.page.screenshot({ path: join(folder, `${entry.name}-${look.name}.png`) });
    await person.leaves();
  }
}
await browser.close();
console.log(`${PAGES.length * LOOKS.length} pictures in ${folder}`);
