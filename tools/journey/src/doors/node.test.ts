import { expect, test } from 'vitest'
import type { NodeLife, Said } from '../life.ts'
import { parseJourney } from '../document.ts'
import type { Actor, Outcome } from './door.ts'
import { NodeDoor } from './node.ts'

const operator: Actor = { name: 'olga', person: { role: 'NODE_OPERATOR' } }

/** A node's life that notes what is asked of it, and whose commands answer as they are told. */
function life(isUp: boolean, said: Said = { ok: true, out: '{"ok":true}', err: '' }) {
  const asked: unknown[] = []
  const told = {
    isUp,
    stop: async () => void asked.push('stop'),
    lose: async (marks: boolean) => void asked.push(['lose', marks]),
    backup: (name: string) => `/backups/${name}`,
    command: async (command: string, args: readonly string[]) => {
      asked.push([command, ...args])
      return said
    },
  }
  return { asked, door: new NodeDoor(told as unknown as NodeLife) }
}
const ask = (door: NodeDoor, operation: string, given: Record<string, unknown> = {}, actor = operator): Promise<Outcome> =>
  door.perform(actor, { kind: ['check', 'reconciliation', 'doctor', 'messages'].includes(operation) ? 'query' : 'do', operation, with: given })

test('each operation is a command of the operator, or what happens to a machine', async () => {
  const up = life(true)
  expect(await ask(up.door, 'backup', { name: 'monday' })).toEqual({ result: { ok: true } })
  await ask(up.door, 'reconcile', { messages: 'send' })
  await ask(up.door, 'stop')
  await ask(up.door, 'lose', { marks: 'saved' })
  const down = life(false, { ok: true, out: 'It is there.\nStart the node.\n', err: '' })
  expect(await ask(down.door, 'restore')).toEqual({ result: { said: ['It is there.', 'Start the node.'] } })
  expect([...up.asked, ...down.asked]).toEqual([
    ['backup', '--to', '/backups/monday', '--json'], ['restore', '--reconcile', '--yes', '--json', '--messages', 'send'], 'stop', ['lose', true], ['restore', '/backups/backup'],
  ])
})

test('what a command refuses is a refusal with its code; a doctor who found something has said what', async () => {
  const refusing = life(true, { ok: false, out: '', err: 'growr: 12 kB\ngrowr: BACKUP_EXISTS: /backups/monday exists already\n' })
  expect(await ask(refusing.door, 'backup', { name: 'monday' })).toEqual({ refusal: { code: 'BACKUP_EXISTS', message: '/backups/monday exists already' } })
  const crashed = life(true, { ok: false, out: '', err: 'Segmentation fault' })
  expect(await ask(crashed.door, 'backup')).toMatchObject({ refusal: { code: 'COMMAND_FAILED' } })
  const ill = life(true, { ok: false, out: '{"ok":false}', err: '' })
  expect(await ask(ill.door, 'doctor')).toEqual({ result: { ok: false } })
})

test.each([
  [true, 'start', {}, /start needs a node that does not run/],
  [false, 'kill', {}, /kill needs a node that runs/],
  [false, 'messages', { of: 'bea' }, /messages takes no "of"; it takes nothing/],
  [false, 'lose', { marks: 'some' }, /lose: marks is lost or saved/],
  [false, 'restore', { name: '../../elsewhere' }, /a back-up's name is a word/],
  [true, 'explode', {}, /the node has no "do: explode"; it has do: stop/],
  [true, 'toString', {}, /the node has no "do: toString"/],
] as const)('what the node has not, or not now, is refused: %s %s', async (isUp, operation, given, message) => {
  const { door, asked } = life(isUp)
  expect(await ask(door, operation, given)).toMatchObject({ refusal: { code: 'JOURNEY_INVALID', message: expect.stringMatching(message) as string } })
  expect(asked).toEqual([])
})

test('the node is its operator\'s', async () => {
  const { door } = life(true)
  expect(await ask(door, 'stop', {}, { name: 'bea', person: { role: 'BORROWER' } })).toMatchObject({ refusal: { code: 'JOURNEY_INVALID', message: 'the node is its operator\'s; bea is none' } })
})

test.each([
  ['{ who: olga, door: node, do: restore, with: { name: monday } }', null],
  ['{ who: olga, door: node, do: explode }', /line 5/],
  ['{ who: olga, door: node, do: restore, with: { file: monday } }', /unknown key "file"/],
  ['{ who: olga, door: node, do: lose, with: { marks: some } }', /line 5/],
] as const)('a file says so before anything starts: %s', (step, problem) => {
  const parse = () => parseJourney(`name: x\nstart: 2026-03-01\npeople: { olga: { role: NODE_OPERATOR } }\nsteps:\n  - ${step}\n`, 'x.yaml')
  if (problem === null) expect(parse().steps).toHaveLength(1)
  else expect(parse).toThrow(problem)
})
