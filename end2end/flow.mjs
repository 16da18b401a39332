// One flow, with or without JavaScript: node flow.mjs NAME [no-script]
//
// The flow is flows/NAME.mjs: a function that a person walks through. It fails if the function throws, or
// if the browser had anything to complain of on the way.

import { openBrowser, Person } from './person.mjs';

const [name, script] = process.argv.slice(2);
const { default: walk } = await import(`./flows/${name}.mjs`);

const browser = await openBrowser();
const person = await Person.at(browser, { javaScriptEnabled: script !== 'no-script' });
try {
  await walk(person);
} catch (error) {
  person.complain(error.stack);
}
await person.leaves();
await browser.close();

for (const complaint of person.complaints) console.error(`✗ ${complaint}`);
process.exitCode = person.complaints.length === 0 ? 0 : 1;
