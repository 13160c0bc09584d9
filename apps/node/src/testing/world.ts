import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isMovable, type MovableClock } from '@growr/runtime'
import type { z } from 'zod'
import { nodeConfig } from '../config.ts'
import { openNode, type Inside, type Node } from '../node.ts'
import { unrest } from './at-rest.ts'
import { OpenBus } from './bus.ts'
import { Door } from './door.ts'
import { Lending } from './lending.ts'
import { People, type Host, type Organization, type Person } from './people.ts'

/** A real node in this process with two organizations and everybody who has a part in a loan. */
export interface World extends Host {
  readonly node: Node
  readonly inside: Inside
  readonly clock: MovableClock
  readonly bus: OpenBus
  readonly people: People
  readonly lending: Lending
  readonly operator: Person
  readonly comsa: Organization
  readonly otra: Organization
  /** The first has to do with COMSA, the second with OTRA. */
  readonly investors: readonly [Person, Person]
  /** Fails with what does not hold once nothing is under way; then stops the node and takes its data away. */
  readonly end: () => Promise<void>
  /** What does not hold at this moment, when nothing is under way. */
  readonly unrest: () => Promise<string[]>
}

export const START = '2026-03-02T15:00:00.000Z'
export const PASSPHRASE = 'a pass phrase for the tests of a node'
/** As cheap as argon2id gets. */
const hashCost = { memoryCost: 64, timeCost: 1, parallelism: 1 }

/** A directory for one node, and the configuration of a node in it: temporary, on any free port, without limits of rate. */
export function temporaryNode(changes: z.input<typeof nodeConfig> = {}): { dir: string; config: z.output<typeof nodeConfig> } {
  const dir = mkdtempSync(join(tmpdir(), 'growr-node-'))
  const passphraseFile = join(dir, 'passphrase')
  writeFileSync(passphraseFile, `${PASSPHRASE}\n`, { mode: 0o600 })
  const data = join(dir, 'data')
  mkdirSync(data, { mode: 0o700 })
  const config = nodeConfig.parse({
    data, passphraseFile, temporary: true, clock: START, log: { level: 'debug' }, ...changes,
    // Nobody listens there: what connects an account asks no provider outside.
    mobileMoney: { darajaUrl: 'http://127.0.0.1:1', ...changes.mobileMoney },
    api: { port: 0, ratePerAddress: 0, ratePerUser: 0, ...changes.api },
  })
  return { dir, config }
}

/** Starts the node and registers: the operator, COMSA and OTRA with two admins, two agents and two borrowers each, two investors. */
export async function startWorld(changes: z.input<typeof nodeConfig> = {}): Promise<World> {
  const { dir, config } = temporaryNode(changes)
  const { node, inside } = await openNode(config, { hashCost })
  const { clock } = node
  if (!isMovable(clock)) throw new Error('the clock of a test moves')
  const door = new Door(node.url)
  const host: Host = { door, data: node.data, settle: () => node.settle() }
  const people = new People(host)
  const lending = new Lending(host)
  const operator = await people.operator()
  const [comsa, otra, first, second] = await Promise.all([
    people.organization(operator, 'COMSA', ['bea', 'carl']),
    people.organization(operator, 'OTRA', ['oscar', 'paula']),
    people.investor('iris'),
    people.investor('ivo'),
  ])
  const resting = async (): Promise<string[]> => {
    await node.settle()
    return unrest(inside.stores)
  }
  return {
    ...host, node, inside, clock, people, lending, operator, comsa, otra,
    bus: new OpenBus(inside),
    investors: [first, second],
    unrest: resting,
    end: async () => {
      const findings = await resting()
      await node.stop()
      rmSync(dir, { recursive: true, force: true })
      if (findings.length > 0) throw new Error(`the books do not rest:\n${findings.join('\n')}`)
    },
  }
}
