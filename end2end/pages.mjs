// Every page there is: a new page is a line here. Each is opened, looked at by axe, and photographed;
// and a link anywhere that leads to an address without a line here fails.
//
//   name    the name of its picture
//   path    its address; a function gets the day to look at, some time ago
//   follow  the text of a link on that address to be followed: the page behind it is meant
//   press   the name of a button to be pressed there: what it answers is meant
//   status  what it answers with, if not 200
//   nobody  it is for those who have not logged in

const MACHINE = 'db-payments-eu-01';

export const PAGES = [
  { name: 'login', path: '/login', nobody: true },
  { name: 'overview', path: '/' },
  { name: 'assets', path: '/assets' },
  { name: 'assets-found', path: '/assets?q=kind:instance+env:prod' },
  { name: 'assets-none', path: '/assets?q=no-machine-of-this-name' },
  { name: 'assets-mistake', path: '/assets?q=knd:instance', status: 422 },
  { name: 'assets-past', path: (day) => `/assets?q=web&as_of=${day}` },
  { name: 'asset', path: `/assets?q=kind:instance+name:${MACHINE}`, follow: MACHINE },
  { name: 'asset-past', path: (day) => `/assets?q=${MACHINE}&as_of=${day}`, follow: MACHINE },
  { name: 'asset-before', path: '/assets/1?as_of=2020-01-01', status: 404 },
  { name: 'asset-volume', path: '/assets?q=kind:volume+encrypted:no', follow: 'restore-test-1' },
  { name: 'asset-machine', path: '/assets?q=name:sql-erp-01', follow: 'sql-erp-01' },
  { name: 'asset-host', path: '/assets?q=name:esx03*', follow: 'esx03.harbour.example' },
  { name: 'asset-switch', path: '/assets?q=name:dub-rack-01*', follow: 'dub-rack-01.harbour.example' },
  { name: 'topology', path: '/topology' },
  { name: 'topology-past', path: (day) => `/topology?as_of=${day}` },
  { name: 'conflicts', path: '/conflicts' },
  { name: 'conflicts-all', path: '/conflicts?view=all' },
  { name: 'sources', path: '/sources' },
  { name: 'source', path: '/sources/aws' },
  { name: 'source-kinds', path: '/sources/new' },
  { name: 'source-new', path: '/sources/new?kind=aws' },
  { name: 'source-new-vsphere', path: '/sources/new?kind=vsphere' },
  { name: 'source-new-snmp', path: '/sources/new?kind=snmp' },
  { name: 'source-new-directory', path: '/sources/new?kind=directory' },
  { name: 'source-edit', path: '/sources/aws/edit' },
  { name: 'source-remove', path: '/sources/aws/remove' },
  { name: 'source-test', path: '/sources', press: 'Test aws' },
  { name: 'runs', path: '/runs' },
  { name: 'run', path: '/runs', follow: '5' },
  { name: 'audit', path: '/audit' },
  { name: 'account', path: '/account' },
  { name: 'not-found', path: '/no-such-page', status: 404 },
];

// Addresses that links lead to and that are no pages.
export const DOWNLOADS = ['/assets.csv'];

// An address without what differs from thing to thing: numbers, and names of sources.
export function shape(pathname) {
  return pathname.replace(/\/\d+(?=\/|$)/g, '/{id}').replace(/^(\/sources\/)[^/]+/, '$1{name}');
}
