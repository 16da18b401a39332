// One machine is found by its name, id, address, tag and half its MAC, and its page says why.

import { holds } from '../person.mjs';

const MACHINE = 'db-payments-eu-01';

export default async function lookup(person) {
  const { page } = person;
  await person.logsIn();
  await person.opensAsset(MACHINE);
  const home = page.url();
  const text = await page.locator('main').innerText();
  const found = (what, pattern) => {
    const match = text.match(pattern);
    holds(match, `the page of ${MACHINE} does not show its ${what}`);
    return match[0];
  };
  const mac = found('MAC', /(?:[0-9a-f]{2}:){5}[0-9a-f]{2}/i);
  const asked = {
    name: MACHINE,
    'instance id': found('instance id', /\bi-[0-9a-f]{8,17}\b/),
    address: found('address', /\b10\.16\.\d+\.\d+\b/),
    tag: 'tag:service=db-payments',
    'half a MAC': mac.slice(-8),
  };
  for (const [what, query] of Object.entries(asked)) {
    await person.looksUp(query);
    const link = await person.sees(page.getByRole('link', { name: MACHINE, exact: true }));
    holds(new URL(await link.getAttribute('href'), home).href === home, `found by its ${what}: ${query}`);
  }

  await page.getByRole('link', { name: MACHINE, exact: true }).first().click();
  const attributes = page.getByRole('region', { name: 'Attributes' });
  const owner = attributes.locator('dt', { hasText: /^owner$/ }).locator('xpath=following-sibling::dd');
  await owner.locator('summary').first().click();
  await person.sees(owner.getByText(/set by user:demo/));

  // What a facet has beyond its first values unfolds.
  await person.goes('/assets');
  const kinds = page.locator('.facet').filter({ has: page.locator('summary', { hasText: /^Kind$/ }) });
  await kinds.locator('.facet-more > summary').click();
  await kinds.locator('.facet-more').getByRole('link', { name: /^Hypervisor host|^Server/ }).click();
  await person.sees(page.getByRole('link', { name: 'esx03.harbour.example' }));
}
