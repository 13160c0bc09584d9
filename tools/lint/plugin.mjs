// The project's own lint rules: which way imports run, and what the pure domain may not touch.
// oxlint runs from the root of the repository: what counts is a file's path from there.
import { relative } from 'node:path'

/** Domain libraries: no I/O, and of the workspace only what stands here. */
const pure = {
  money: [],
  lending: ['@growr/money'],
  ledger: ['@growr/money', '@growr/lending'],
}

/** What a test of the domain may use besides. */
const testsOfPure = /^(vitest|fast-check|node:(assert|fs|path|url)(\/.*)?)$/

/** Apps; `node` alone puts them together, and plays a journey for a demonstration. */
const apps = ['access', 'identity', 'financing', 'payment', 'publishing', 'node']
const appName = new RegExp(`^@growr/(${apps.join('|')})(/|$)`)
const journeyName = /^@growr\/journey(\/|$)/

/** Where a file lies: the kind of its package, its name, the folders below it. */
function place(filename) {
  const found = /^(libs|apps|tools)\/([^/]+)\/(.*)$/.exec(relative(process.cwd(), filename).replaceAll('\\', '/'))
  if (!found) return undefined
  const [, kind, name, path] = found
  return { kind, name, path, test: /\.test\.ts$|(^|\/)(testing|bench|proof)\//.test(path) }
}

/** Whether a relative import leads out of the package's own folder. */
function leaves(path, source) {
  let depth = path.split('/').length - 1
  for (const part of source.split('/')) {
    if (part === '..') depth--
    else if (part !== '.') depth++
    if (depth < 0) return true
  }
  return false
}

/** Why a file may not import this; undefined where it may. */
export function forbidden(filename, source) {
  const at = place(filename)
  if (!at || at.kind === 'tools') return undefined
  const { kind, name, path, test } = at
  if (source.startsWith('.')) return leaves(path, source) ? 'import another package by its name, not by its path' : undefined
  if (source.startsWith('/') || source.startsWith('file:')) return 'import another package by its name, not by its path'
  if (kind === 'libs' && (appName.test(source) || journeyName.test(source))) return 'no library imports an app'
  if (kind === 'apps' && name !== 'node' && appName.test(source)) return 'no app imports another app: groups meet only through contracts'
  if (kind === 'apps' && name !== 'node' && journeyName.test(source)) return 'no app imports a tool'
  if (kind === 'libs' && Object.hasOwn(pure, name)) {
    if (pure[name].includes(source) || (test && testsOfPure.test(source))) return undefined
    return `${name} is pure: no I/O, and of the workspace only ${pure[name].join(' and ') || 'itself'}`
  }
  return undefined
}

const imports = {
  meta: { type: 'problem', docs: { description: 'Imports run one way: apps → adapters → domain.' } },
  create(context) {
    const check = (node, source) => {
      if (source?.type !== 'Literal' || typeof source.value !== 'string') return
      const reason = forbidden(context.filename, source.value)
      if (reason) context.report({ node, message: `${source.value}: ${reason}` })
    }
    const bySource = (node) => check(node, node.source)
    return {
      ImportDeclaration: bySource,
      ExportNamedDeclaration: bySource,
      ExportAllDeclaration: bySource,
      ImportExpression: bySource,
      TSImportType: (node) => check(node, node.source ?? node.argument?.literal ?? node.argument),
      TSExternalModuleReference: (node) => check(node, node.expression),
      CallExpression(node) {
        if (node.callee.type === 'Identifier' && node.callee.name === 'require') check(node, node.arguments[0])
      },
    }
  },
}

/** Calls that lose digits, or that make a result depend on more than its arguments. */
const digits = 'amounts are bigint: a number loses digits'
const calls = {
  Number: digits,
  parseFloat: digits,
  parseInt: digits,
  'Number.parseFloat': digits,
  'Number.parseInt': digits,
  'Date.now': 'time is an argument',
  'Math.random': 'randomness is an argument',
  Date: 'time is an argument',
}
/** Where dates are counted, numbers are right. */
const calendars = /(^|\/)(dates?|calendar|days?)\.ts$/

const domainGlobals = ['process', 'fetch', 'setTimeout', 'setInterval', 'setImmediate', 'performance', 'crypto', 'console', 'WebSocket']

function calleeName(callee) {
  if (callee.type === 'Identifier') return callee.name
  if (callee.type !== 'MemberExpression' || callee.computed || callee.object.type !== 'Identifier') return undefined
  return `${callee.object.name}.${callee.property.name}`
}

const domain = {
  meta: { type: 'problem', docs: { description: 'Money is exact and the domain is pure: same arguments, same answer.' } },
  create(context) {
    const at = place(context.filename)
    if (!at || at.kind !== 'libs' || !Object.hasOwn(pure, at.name) || at.test || !at.path.startsWith('src/')) return {}
    const report = (node, what, why) => context.report({ node, message: `${what}: ${why}` })
    return {
      CallExpression(node) {
        const name = calleeName(node.callee)
        if (name && Object.hasOwn(calls, name) && !(calls[name] === digits && calendars.test(at.path))) report(node, name, calls[name])
        if (node.callee.type === 'MemberExpression' && ['toFixed', 'toPrecision'].includes(node.callee.property.name)) {
          report(node, node.callee.property.name, 'amounts are bigint: format them by their currency')
        }
      },
      NewExpression(node) {
        if (node.callee.type === 'Identifier' && node.callee.name === 'Date' && node.arguments.length === 0) report(node, 'new Date()', calls.Date)
      },
      MemberExpression(node) {
        if (node.object.type === 'Identifier' && domainGlobals.includes(node.object.name)) report(node, node.object.name, 'the domain does no I/O')
      },
      'CallExpression > Identifier.callee'(node) {
        if (domainGlobals.includes(node.name)) report(node, node.name, 'the domain does no I/O')
      },
    }
  },
}

export default { meta: { name: 'growr' }, rules: { imports, domain } }
