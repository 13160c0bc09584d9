import { expect, test } from 'vitest'
import { parseJourney } from './document.ts'
import { columnOf, textOf } from './files.ts'

const scope = { resolve: ([first]: readonly string[]) => (first === 'loan' ? 'L1' : undefined) }

test('a table is CSV with values in the place of references; a text is what it is', async () => {
  expect(await textOf({ columns: ['number', 'name'], rows: [['$loan', 'Díaz, Elena'], [7, null]] }, scope)).toBe('number,name\r\nL1,"Díaz, Elena"\r\n7,\r\n')
  expect(await textOf('$loan;1', scope)).toBe('$loan;1')
  expect(columnOf({ columns: ['Number', 'Phone'], rows: [['1', '+504 99'], ['2', '$people.bea.phone'], ['3', null]] }, 'phone')).toEqual(['+504 99'])
})

const journey = (files: string, csv = '$files.members'): string =>
  `name: x\nstart: 2026-03-01\npeople: { olga: { role: NODE_OPERATOR } }\nfiles: ${files}\nsteps:\n  - { who: olga, do: importMembers, with: { csv: ${csv} } }\n`

test.each([
  ['{ members: { columns: [a, b], rows: [[1]] } }', undefined, /row 1 has 1 cells, and there are 2 columns/],
  ['{ members: { columns: [a], rows: [[1]], header: true } }', undefined, /line 4/],
  ['{ members: { columns: [], rows: [] } }', undefined, /line 4/],
  ['{ members: "a" }', '$files.others', /there is no file "others"/],
])('what is wrong with a file is said: %s', (files, csv, message) => {
  expect(() => parseJourney(journey(files, csv), 'x.yaml')).toThrow(message)
})

test('files are held by name', () => {
  expect(parseJourney(journey('{ members: { columns: [a], rows: [[x]] } }'), 'x.yaml').files).toEqual({ members: { columns: ['a'], rows: [['x']] } })
})
