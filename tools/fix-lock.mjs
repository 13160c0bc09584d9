// Completes package-lock.json after `npm install --package-lock-only` (npm run lock).
// Packages with binaries (nx, oxlint, esbuild …) name one optional package for each platform. Where a registry mirror
// lacks one, npm leaves it out of the lock file, and `npm ci` then stops with EUSAGE everywhere. What is missing gets
// an entry that says for which platform it is: npm passes over it on all others.
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const systems = ['aix', 'android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'win32']
const processors = ['arm64', 'arm', 'ia32', 'loong64', 'mips64el', 'ppc64', 'riscv64', 's390x', 'wasm32', 'x64']
const aliases = { x86_64: 'x64', aarch64: 'arm64', armv7: 'arm', ppc64le: 'ppc64', riscv64gc: 'riscv64', i686: 'ia32' }

/** For which platform a package is, by the words of its name; undefined where the name tells none. */
export function platformOf(name) {
  let text = name.toLowerCase()
  for (const [alias, processor] of Object.entries(aliases)) text = text.replace(new RegExp(`(?<![a-z0-9])${alias}(?![a-z0-9])`), processor)
  const words = text.split(/[^a-z0-9]+/)
  const os = systems.find((system) => words.includes(system))
  const cpu = processors.find((processor) => words.includes(processor))
  if (cpu === 'wasm32') return { cpu: [cpu] }
  if (!os || !cpu) return undefined
  const musl = words.some((word) => word.startsWith('musl'))
  return { cpu: [cpu], os: [os], ...(os === 'linux' && musl ? { libc: ['musl'] } : {}) }
}

/** Whether a package finds a dependency: beside it, or in a folder above, as Node looks it up. */
function finds(packages, path, name) {
  for (let at = path; ; at = at.slice(0, Math.max(at.lastIndexOf('node_modules/') - 1, 0))) {
    if (packages[`${at ? `${at}/` : ''}node_modules/${name}`]) return true
    if (at === '') return false
  }
}

/** Adds what is missing to the lock file's content; gives the names added and those for which no platform is known. */
export function complete(lock) {
  const added = []
  const unknown = []
  for (const [path, { optionalDependencies = {}, dev }] of Object.entries(lock.packages)) {
    for (const [name, range] of Object.entries(optionalDependencies)) {
      if (finds(lock.packages, path, name)) continue
      const platform = platformOf(name)
      const version = /^[~^]?(\d+\.\d+\.\d+[^ |<>]*)$/.exec(range)?.[1]
      if (!platform || !version) {
        unknown.push(`${name}@${range} of ${path || 'the root'}`)
        continue
      }
      const { cpu, os, libc } = platform
      lock.packages[`node_modules/${name}`] = { version, cpu, ...(dev ? { dev } : {}), ...(libc ? { libc } : {}), optional: true, ...(os ? { os } : {}) }
      added.push(`${name}@${version}`)
    }
  }
  // In the order in which npm writes them, so that the next `npm install` changes nothing.
  lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, 'en')))
  return { added, unknown }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const file = fileURLToPath(new URL('../package-lock.json', import.meta.url))
  const lock = JSON.parse(readFileSync(file, 'utf8'))
  const { added, unknown } = complete(lock)
  writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`)
  console.log(`package-lock.json: ${added.length} entries added${added.map((name) => `\n  ${name}`).join('')}`)
  if (unknown.length > 0) {
    console.error(`for which platform are these? teach tools/fix-lock.mjs:\n  ${unknown.join('\n  ')}`)
    process.exitCode = 1
  }
}
