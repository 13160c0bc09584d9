import { Session } from 'node:inspector/promises'
import { startWorld } from '../src/testing/world.ts'

export const name = 'applications'
export const about = 'Loan applications through GraphQL on a real node (three checks of a credential, criteria, reservation, entry on disk), 64 borrowers in flight, and where the processor\'s time goes. Client and node share one process.'
export const bound = 'One thread: the applications of a project wait for one another only while they decide and append.'

const BORROWERS = 64
const ROUNDS = 6

/** Whose code a frame of the profile belongs to. */
function owner(url: string, frame: string): string {
  if (frame === '(idle)') return 'waiting'
  if (frame === '(garbage collector)') return 'garbage collection'
  const own = /\/(libs|apps)\/([a-z]+)\/src\//.exec(url)
  if (own) return `${own[1]}/${own[2]}`
  const foreign = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)
  if (foreign) return /^(@apollo|graphql)/.test(foreign[1] ?? '') ? 'GraphQL' : (foreign[1] ?? 'others')
  if (url === '' && frame !== '') return `native: ${frame}`
  return url.startsWith('node:') ? `node: ${url.slice(5).replace(/^internal\//, '').split('/')[0] ?? ''}` : 'others'
}

/** How many applications a second, and each part's share of the processor's time in percent. */
export async function run(): Promise<{ figures: Record<string, number> }> {
  const world = await startWorld({ log: { level: 'warn' } })
  try {
    const { people, lending, comsa } = world
    const borrowers = await people.members(comsa.admin, comsa.id, 'BORROWER', Array.from({ length: BORROWERS }, (_none, index) => `bench-${index}`))
    await Promise.all(borrowers.map((borrower) => lending.credential(comsa, borrower)))
    const project = await lending.project(comsa, { junior: '80000000.00' })
    const round = () => Promise.all(borrowers.map((borrower) => lending.apply(borrower, project)))
    await round()
    await world.node.settle()

    const session = new Session()
    session.connect()
    await session.post('Profiler.enable')
    await session.post('Profiler.start')
    const cpu = process.cpuUsage()
    const from = performance.now()
    for (let count = 0; count < ROUNDS; count++) await round()
    const seconds = (performance.now() - from) / 1000
    const used = process.cpuUsage(cpu)
    const { profile } = await session.post('Profiler.stop')
    session.disconnect()

    const nodes = new Map(profile.nodes.map((node) => [node.id, node.callFrame]))
    const shares = new Map<string, number>()
    let total = 0
    profile.samples?.forEach((id, index) => {
      const frame = nodes.get(id)
      const spent = profile.timeDeltas?.[index] ?? 0
      const whose = owner(frame?.url ?? '', frame?.functionName ?? '')
      shares.set(whose, (shares.get(whose) ?? 0) + spent)
      total += spent
    })
    const applications = ROUNDS * BORROWERS
    const largest = [...shares].toSorted(([, a], [, b]) => b - a).slice(0, 16).map(([whose, spent]) => [`${whose}, % of time`, Math.round((spent / total) * 1000) / 10])
    return {
      figures: {
        'applications a second': Math.round(applications / seconds),
        'CPU of an application, ms': Math.round(((used.user + used.system) / 1000 / applications) * 100) / 100,
        ...(Object.fromEntries(largest) as Record<string, number>),
      },
    }
  } finally {
    await world.end()
  }
}

if (import.meta.main) {
  console.log(await run())
  process.exit()
}
