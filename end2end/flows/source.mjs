// A source is added by its form: what is wrong stands beside each field, a typed secret is never shown again.
// Nobody answers where it leads, which its test says; it is changed, disabled and removed. Then the demo's own
// source is run, until its page says that the run is complete.

import { holds } from '../person.mjs';

export default async function source(person) {
  const { page } = person;
  const button = (name) => page.getByRole('button', { name, exact: true });
  const typed = page.getByRole('group', { name: 'Secret access key' }).getByLabel('Typed now, kept sealed');
  await person.logsIn();

  await person.goes('/sources');
  await page.getByRole('link', { name: 'Add a source' }).first().click();
  await page.getByRole('link', { name: 'Amazon Web Services' }).first().click();
  await page.getByLabel('Name', { exact: true }).fill('spare');
  await page.getByLabel('Schedule', { exact: true }).fill('0 3 * * *');
  await page.getByLabel('Regions', { exact: true }).fill('Mars');
  await page.getByLabel('Endpoint', { exact: true }).fill('http://127.0.0.1:9');
  await page.getByLabel('Access key id', { exact: true }).fill('AKIAEXAMPLE');
  await typed.fill('nobody-may-read-this');
  person.expects(422);
  await button('Add the source').click();
  await person.sees(page.getByText('which is not a region'));
  holds(!(await page.content()).includes('nobody-may-read-this'), 'a secret is not shown again');
  await page.getByLabel('Regions', { exact: true }).fill('eu-west-1');
  await typed.fill('nobody-may-read-this');
  await button('Add the source').click();
  await person.sees(page.getByRole('heading', { level: 1, name: 'spare' }));
  await person.sees(page.getByText('spare was added'));
  holds(!(await page.content()).includes('nobody-may-read-this'), 'nor once it is kept');

  await button('Test').click();
  await person.sees(page.getByRole('heading', { level: 1, name: 'The way to spare' }));
  await person.sees(page.getByText('failed').first());
  await person.goes('/sources/spare/edit');
  await page.getByLabel('Schedule', { exact: true }).fill('0 4 * * *');
  await button('Save').click();
  await person.sees(page.getByText('spare was changed'));
  await button('Disable').click();
  await person.sees(page.getByText('spare is disabled'));
  await person.goes('/sources/spare/remove');
  await page.getByRole('button', { name: /^Remove/ }).click();
  await person.sees(page.getByText('spare was removed'));

  await person.goes('/sources/aws');
  await person.runs(button('Run now'));
  const complete = page.getByRole('heading', { level: 1 }).getByText('complete');
  const deadline = Date.now() + 60_000;
  while ((await complete.count()) === 0) {
    holds(Date.now() < deadline, 'the run does not end');
    if (!person.hasScript) await page.reload();
    await page.waitForTimeout(200);
  }
  await person.sees(page.getByRole('heading', { name: 'What it changed, and why' }));
}
