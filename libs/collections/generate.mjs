// Generates the Prisma client into src/generated, where the schema or Prisma's version has changed since.
// Works without a connection: Prisma asks for an engine that generating does not use, so any program stands in for it.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const generated = join(here, 'src', 'generated')
const stamp = join(generated, '.stamp')
const prismaPackage = createRequire(import.meta.url).resolve('prisma/package.json')
const prisma = JSON.parse(readFileSync(prismaPackage, 'utf8'))
const schema = readFileSync(join(here, 'prisma', 'schema.prisma'), 'utf8')
const wanted = createHash('sha256').update(`${prisma.version}\n${schema}`).digest('hex')

if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted) {
  // Into a folder of its own, which then takes the place of the other: who builds meanwhile sees the old client or the new one.
  const name = `.generating-${process.pid}`
  const workspace = join(here, name)
  rmSync(workspace, { recursive: true, force: true })
  mkdirSync(join(workspace, 'prisma'), { recursive: true })
  try {
    writeFileSync(join(workspace, 'prisma', 'schema.prisma'), schema)
    const command = join(dirname(prismaPackage), typeof prisma.bin === 'string' ? prisma.bin : prisma.bin.prisma)
    const result = spawnSync(process.execPath, [command, 'generate', '--schema', join(name, 'prisma', 'schema.prisma')], {
      cwd: here,
      encoding: 'utf8',
      env: { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, CHECKPOINT_DISABLE: '1', PRISMA_HIDE_UPDATE_MESSAGE: '1' },
    })
    if (result.status !== 0) {
      process.stderr.write(`the Prisma client could not be generated:\n${result.stdout}${result.stderr}\n`)
      process.exit(1)
    }
    writeFileSync(join(workspace, 'src', 'generated', '.stamp'), wanted)
    const old = join(workspace, 'old')
    if (existsSync(generated)) renameSync(generated, old)
    renameSync(join(workspace, 'src', 'generated'), generated)
  } finally {
    rmSync(workspace, { recursive: true, force: true })
  }
}
