// `node tools/licences.mjs [--write]`: under which licences the packages stand that a running node loads, from the lock
// file. With --write the list is kept in docs/licences.md. Fails on a licence that nobody has looked at yet.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Free licences without a duty beyond naming the authors, or passing on changes to the library itself (MPL, LGPL as a library). */
const free = new Set(['MIT', 'MIT-0', 'ISC', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD', 'Unlicense', 'CC0-1.0', 'BlueOak-1.0.0', 'Python-2.0', 'PSF-2.0', 'CC-BY-4.0', 'MPL-2.0', 'WTFPL', 'Zlib'])

/** Licences that somebody who runs or sells a node must know of. */
const remarks = {
  'Elastic-2.0': 'source available, not free software: its features may not be offered to third parties as a hosted or managed service. Read it before you host nodes for others.',
}

/** What packages say elsewhere than in their package.json. */
const saidElsewhere = { 'pause@0.0.1': 'MIT' }

/** Whether one of the alternatives, or all that are joined by AND, are known. */
function isKnown(licence) {
  const known = (name) => free.has(name) || Object.hasOwn(remarks, name)
  return licence.replace(/[()]/g, '').split(/ OR /i).some((each) => each.split(/ AND /i).every((name) => known(name.trim())))
}

/** The packages of a lock file that run in production, by licence: `{ MIT: ['express@5.3.0', …] }`. */
export function byLicence(lock, fallback = () => undefined) {
  const found = {}
  for (const [path, entry] of Object.entries(lock.packages)) {
    if (!path.includes('node_modules/') || entry.link || entry.dev || entry.devOptional || (entry.optional && !entry.integrity)) continue
    const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)
    const licence = entry.license ?? saidElsewhere[`${name}@${entry.version}`] ?? fallback(path) ?? 'unknown'
    ;(found[licence] ??= []).push(`${name}@${entry.version}`)
  }
  for (const names of Object.values(found)) names.sort()
  return found
}

export function page(found) {
  const rows = Object.entries(found).sort((a, b) => b[1].length - a[1].length)
  const notable = rows.filter(([licence]) => Object.hasOwn(remarks, licence))
  return `# Licences

Growr itself is under MIT. These are the licences of what a running node is made of, as the lock file states them; written by \`node tools/licences.mjs --write\`.

${notable.map(([licence, names]) => `**${licence}** (${names.join(', ')}): ${remarks[licence]}`).join('\n\n')}

| licence | packages |
|---|---|
${rows.map(([licence, names]) => `| ${licence} | ${names.length} |`).join('\n')}

${rows.map(([licence, names]) => `## ${licence}\n\n${names.join(', ')}\n`).join('\n')}`
}

/** What the package itself says, where the lock file does not. */
function installedLicence(path) {
  try {
    const { license, licenses } = JSON.parse(readFileSync(join(root, path, 'package.json'), 'utf8'))
    return typeof license === 'string' ? license : (license?.type ?? licenses?.map(({ type }) => type).join(' OR '))
  } catch {
    return undefined
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const found = byLicence(JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')), installedLicence)
  for (const [licence, names] of Object.entries(found).sort((a, b) => b[1].length - a[1].length)) {
    console.log(`${String(names.length).padStart(5)}  ${licence}${names.length <= 6 ? `: ${names.join(', ')}` : ''}`)
  }
  for (const [licence, remark] of Object.entries(remarks)) if (found[licence]) console.log(`\n${licence} (${found[licence].join(', ')}): ${remark}`)
  const unknown = Object.entries(found).filter(([licence]) => !isKnown(licence))
  if (unknown.length > 0) {
    console.error(`\nnobody has looked at these yet: ${unknown.map(([licence, names]) => `${licence} (${names.join(', ')})`).join('; ')}`)
    process.exitCode = 1
  }
  if (process.argv.includes('--write')) {
    mkdirSync(join(root, 'docs'), { recursive: true })
    writeFileSync(join(root, 'docs', 'licences.md'), page(found))
  }
}
