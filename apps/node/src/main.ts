import { createApp, loadConfig, silentLogger, type Logger } from '@growr/runtime'
import { nodeConfig, otherVariables } from './config.ts'
import { obeyParent } from './control.ts'
import { greeting } from './greeting.ts'
import { startNode, type Node } from './node.ts'

const file = process.env['GROWR_CONFIG']

async function main(): Promise<void> {
  const config = loadConfig(nodeConfig, { env: process.env, args: process.argv.slice(2), ignore: otherVariables, ...(file === undefined ? {} : { file }) })
  const shown = config.demo ? await (await import('./demo.ts')).demonstration(config) : config
  let node: Node | undefined
  // The node has a log of its own only once it stands; until then what fails is printed.
  let logger: Logger = silentLogger
  const app = createApp({
    logger: new Proxy(silentLogger, { get: (_none, name) => Reflect.get(logger, name) as unknown }),
    parts: [
      {
        name: 'node',
        start: async () => {
          node = await startNode(shown)
          logger = node.log
        },
        stop: () => node?.stop(),
        stopTimeoutMs: 20_000,
      },
    ],
  })
  await app.run()
  if (!node) return
  const stop = (): void => {
    void app.stop().then((clean) => process.exit(clean ? 0 : 1))
  }
  if (config.temporary && process.send) return obeyParent(node, stop)
  process.stdout.write(await greeting(node, shown))
}

main().catch((error: unknown) => {
  const { code, message } = error as { code?: unknown; message?: unknown }
  process.stderr.write(`growr: ${typeof code === 'string' ? `${code}: ` : ''}${String(message ?? error)}\n`)
  process.exit(1)
})
