// What axe finds on a page, by the rules of WCAG 2.2 AA.

import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

export async function axe(page) {
  await page.evaluate(AXE);
  const result = await page.evaluate(
    // Without `preload` it fetches no style sheet by script, which the policy would refuse.
    (rules) => window.axe.run({ runOnly: { type: 'tag', values: rules }, preload: false }),
    RULES,
  );
  return result.violations.map((one) => {
    const places = one.nodes.slice(0, 5).map((node) => `      ${node.target.join(' ')}\n        ${node.failureSummary}`);
    return `axe: ${one.id}: ${one.help}, ${one.nodes.length} places\n${places.join('\n')}`;
  });
}
