// A register that is new: node setup.mjs. The link that the first start printed makes the first account; the
// pages that are empty say what to do first. Each is looked at by axe, light and dark, wide and narrow.

import { axe } from './axe.mjs';
import { LOGIN, openBrowser, Person } from './person.mjs';
import { LOOKS } from './visit.mjs';

const LINK = process.env.CADASTRE_SET_UP;
const EMPTY = ['/', '/assets', '/sources', '/sources/new', '/runs', '/audit'];

const problems = [];
const browser = await openBrowser();

async function look(person, name) {
  for (const violation of await axe(person.page)) person.complain(violation);
  problems.push(...person.complaints.splice(0).map((what) => `${name}: ${what}`));
}

for (const { name, colorScheme, viewport } of LOOKS) {
  const person = await Person.at(browser, { colorScheme, viewport });
  await person.goes(LINK);
  await look(person, `set up, ${name}`);
  await person.leaves();
}

const first = await Person.at(browser);
await first.goes(LINK);
await first.page.getByLabel('Name', { exact: true }).fill(LOGIN.name);
await first.page.getByLabel('Password', { exact: true }).fill(LOGIN.password);
await first.page.getByLabel('Password again', { exact: true }).fill(LOGIN.password);
await first.page.getByRole('button', { name: 'Make the account' }).click();
await first.sees(first.page.getByText('The register is empty'));
await first.sees(first.page.getByRole('link', { name: 'Add a source' }));
const storageState = await first.context.storageState();
await first.leaves();

for (const { name, colorScheme, viewport } of LOOKS) {
  const person = await Person.at(browser, { colorScheme, viewport, storageState });
  for (const path of EMPTY) {
    await person.goes(path);
    await look(person, `${path} of an empty register, ${name}`);
  }
  await person.leaves();
}
await browser.close();

for (const problem of problems) console.error(`✗ ${problem}`);
process.exitCode = problems.length === 0 ? 0 : 1;
