import { createApp, createLogger, loadConfig } from '@growr/runtime'
import { aloneConfig, startAlone, type Alone } from './alone.ts'

// Starts this group as a process of its own; `apps/node` starts all of them in one.
const file = process.env['GROWR_CONFIG']
let alone: Alone | undefined

async function main(): Promise<void> {
  const config = loadConfig(aloneConfig, {
    env: process.env, args: process.argv.slice(2), ignore: ['GROWR_CONFIG', 'GROWR_PASSPHRASE', 'GROWR_IDENTITY_PASSPHRASE'], ...(file === undefined ? {} : { file }),
  })
  const part = {
    name: 'identity',
    start: async () => {
      alone = await startAlone(config)
    },
    stop: () => alone?.stop(),
    stopTimeoutMs: 20_000,
  }
  await createApp({ logger: createLogger({ level: config.logLevel }), parts: [part] }).run()
  if (alone) process.stdout.write(`identity: ${alone.url}/graphql\nkey of its calls: ${JSON.stringify(alone.key)}\n`)
}

main().catch((error: unknown) => {
  const { code, message } = error as { code?: unknown; message?: unknown }
  process.stderr.write(`identity: ${typeof code === 'string' ? `${code}: ` : ''}${String(message ?? error)}\n`)
  process.exit(1)
})
