import { expect, test } from 'vitest'
import fc from 'fast-check'
import { Refusal } from '@growr/contracts'
import { CSV_LIMITS, csvText, readCsv, type CsvColumns } from './csv.ts'

const members: CsvColumns<'number' | 'name' | 'phone'> = { required: ['number', 'name'], optional: ['phone'] }
const cellsOf = (input: string | Uint8Array) => readCsv(input, members).rows.map(({ line, cells }) => [line, cells.number, cells.name, cells.phone])
const refused = (input: string | Uint8Array, columns: CsvColumns<string> = members) => {
  try {
    readCsv(input, columns)
  } catch (error) {
    if (error instanceof Refusal && error.code === 'CSV_INVALID') return error.details
    throw error
  }
  throw new Error('nothing was refused')
}

test('reads commas and semicolons, both line ends, quotes, a byte order mark, and says on which line each row begins', () => {
  const expected = [[2, '1', 'María "Mari" López', '+50499000001'], [3, '2', 'Two\nlines', ''], [6, '3', 'a, b; c', '']]
  const text = '\uFEFFNumber,NAME , phone\r\n1,"María ""Mari"" López",+50499000001\r\n2,"Two\nlines",\r\n\r\n3,"a, b; c", \r\n'
  expect(cellsOf(text)).toEqual(expected)
  expect(cellsOf(new TextEncoder().encode(text))).toEqual(expected)
  expect(cellsOf('number;name;phone\n1;"María ""Mari"" López";+50499000001\n2;"Two\nlines";\n\n3;"a, b; c";')).toEqual(expected)
  expect(cellsOf('name,number\nAna,7')).toEqual([[2, '7', 'Ana', '']])
  expect(cellsOf('name,number\r\n"",""\r')).toEqual([[2, '', '', '']])
})

test('a row that has not the cells of the header is listed by its line, and the others are read', () => {
  const { rows, faults } = readCsv(`number,name\n1,Ana\n2\n3,Eva,more\n4,${'x'.repeat(CSV_LIMITS.cell + 1)}\n5,a\u0000b\n6,Inés`, members)
  expect(rows.map(({ line }) => line)).toEqual([2, 7])
  expect(faults).toEqual([
    { line: 3, column: null, reason: 'CELL_COUNT' }, { line: 4, column: null, reason: 'CELL_COUNT' },
    { line: 5, column: 'name', reason: 'CELL_TOO_LONG' }, { line: 6, column: 'name', reason: 'CELL_CHARACTER' },
  ])
})

test('refuses what is not CSV, by line and reason', () => {
  expect(refused('')).toEqual({ line: 1, reason: 'EMPTY' })
  expect(refused('number,name\n1,"Ana')).toEqual({ line: 2, reason: 'QUOTE_OPEN' })
  expect(refused('number,name\n1,An"a')).toEqual({ line: 2, reason: 'QUOTE_MISPLACED' })
  expect(refused('number,name\n1,"An"a')).toEqual({ line: 2, reason: 'QUOTE_MISPLACED' })
  expect(refused('number\n1')).toEqual({ line: 1, reason: 'HEADER_MISSING', column: 'name' })
  expect(refused('number,name,Name\n')).toEqual({ line: 1, reason: 'HEADER_TWICE', column: 'name' })
  expect(refused('number,name,fone\n')).toEqual({ line: 1, reason: 'HEADER_UNKNOWN' })
  expect(refused(new Uint8Array([0x6e, 0xff, 0x0a]))).toEqual({ line: 1, reason: 'NOT_UTF8' })
  expect(refused(`number,name${',x'.repeat(CSV_LIMITS.columns)}\n`)).toEqual({ line: 1, reason: 'TOO_MANY_COLUMNS' })
  expect(refused('x'.repeat(CSV_LIMITS.bytes + 1))).toEqual({ line: 1, reason: 'TOO_LARGE' })
  expect(refused(`number,name\n${'1,a\n'.repeat(CSV_LIMITS.rows + 1)}`)).toEqual({ line: CSV_LIMITS.rows + 2, reason: 'TOO_MANY_ROWS' })
})

test('empty lines before the header do not hide what separates its cells', () => {
  expect(readCsv('\r\n\nnumber;name\n1;Ana', members).rows).toMatchObject([{ line: 4, cells: { number: '1', name: 'Ana' } }])
})

test('somebody else\'s file may have other columns and other names for ours', () => {
  const { rows } = readCsv('Receipt No.,Completion Time,Details\nAB1,2026-03-02,x', { required: ['receipt'], names: { receipt: ['Receipt No.'] }, others: 'ignore' })
  expect(rows).toEqual([{ line: 2, cells: { receipt: 'AB1' } }])
})

test('what is written is read again, and no cell is a formula', () => {
  const text = fc.string({ unit: 'binary', maxLength: 30 }).map((cell) => cell.replace(/[\p{Cc}\uFFFD\uFEFF]/gu, '').trim())
  fc.assert(fc.property(fc.array(fc.tuple(text, text), { minLength: 1, maxLength: 20 }), (rows) => {
    const read = readCsv(csvText(['number', 'name'], rows), members)
    expect(read.faults).toEqual([])
    expect(read.rows.map(({ cells }) => [cells.number.replace(/^'(?=[=+\-@])/, ''), cells.name.replace(/^'(?=[=+\-@])/, '')])).toEqual(
      rows.filter((cells) => cells.some((cell) => cell !== '') || cells.length > 1).map((cells) => cells.map((cell) => cell.replace(/^'(?=[=+\-@])/, ''))),
    )
  }))
  expect(csvText(['a', 'b'], [['=1+1', '-12.50'], ['@x', 3]])).toBe('a,b\r\n\'=1+1,-12.50\r\n\'@x,3\r\n')
})
