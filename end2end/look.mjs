// Every page of the table in every look: what axe finds, what the browser says, whether the page is wider
// than the screen, and whether its links lead to pages that are looked at too.

import { axe } from './axe.mjs';
import { DOWNLOADS, PAGES, shape } from './pages.mjs';
import { ADDRESS, openBrowser } from './person.mjs';
import { LOOKS, loggedIn, visit } from './visit.mjs';

const problems = [];
const looked = new Set(DOWNLOADS);
const linked = new Map();

async function lookAt(person, entry) {
  const { page } = person;
  for (const violation of await axe(page)) person.complain(violation);
  const { width, screen } = await page.evaluate(() => ({
    width: document.documentElement.scrollWidth,
    screen: document.documentElement.clientWidth,
  }));
  if (width > screen) person.complain(`the page is ${width} wide on a screen of ${screen}`);
  const icon = await page.evaluate(() => document.querySelector('link[rel~=icon]')?.href);
  const answer = icon && (await page.request.get(icon));
  if (!answer?.ok()) person.complain(`the icon ${icon} answers ${answer?.status()}`);
  const here = new URL(page.url()).pathname;
  if (!entry.status) looked.add(shape(here));
  // By the attribute: links in a drawing have no plain `href`.
  const links = await page.evaluate(() =>
    [...document.querySelectorAll('a[href]')].map((a) => new URL(a.getAttribute('href'), document.baseURI).href),
  );
  for (const link of links.map((href) => new URL(href))) {
    if (link.pathname === here) continue;
    if (link.origin === ADDRESS) linked.set(shape(link.pathname), `${entry.name} links to ${link.pathname}`);
    else if (!['http:', 'https:'].includes(link.protocol)) person.complain(`a link of another sort: ${link}`);
  }
}

const browser = await openBrowser();
const state = await loggedIn(browser);
for (const entry of PAGES) {
  for (const look of LOOKS) {
    try {
      const person = await visit(browser, entry, look, state);
      await lookAt(person, entry);
      problems.push(...person.complaints.map((what) => `${entry.name}, ${look.name}: ${what}`));
      await person.leaves();
    } catch (error) {
      problems.push(`${entry.name}, ${look.name}: ${error.stack}`);
    }
  }
}
await browser.close();

for (const [pathname, where] of linked) {
  if (!looked.has(pathname)) problems.push(`${where}, which has no line in pages.mjs`);
}
for (const problem of problems) console.error(`✗ ${problem}`);
process.exitCode = problems.length === 0 ? 0 : 1;
