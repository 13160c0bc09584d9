/**
 * Compares what came with what was expected. An object expects the keys it names, a list every element in order,
 * `{ contains: [...] }` some element for each (in a text: each of these in it), `{ exactly: ... }` the whole. Gives each difference with its path.
 */
export function differences(expected: unknown, actual: unknown, path = ''): string[] {
  if (isObject(expected) && Object.keys(expected).length === 1 && 'exactly' in expected) return exact(expected['exactly'], actual, path)
  if (isObject(expected) && Object.keys(expected).length === 1 && Array.isArray(expected['contains'])) return contains(expected['contains'], actual, path)
  if (Array.isArray(expected)) {
    if (!Array.isArray(actual)) return [say(path, expected, actual)]
    if (actual.length !== expected.length) return [`${path || 'the list'}: expected ${expected.length} elements, got ${actual.length}`]
    return expected.flatMap((element, index) => differences(element, actual[index], `${path}[${index}]`))
  }
  if (isObject(expected)) {
    if (!isObject(actual)) return [say(path, expected, actual)]
    return Object.entries(expected).flatMap(([key, value]) => differences(value, actual[key], path ? `${path}.${key}` : key))
  }
  return Object.is(expected, actual) ? [] : [say(path, expected, actual)]
}

function contains(wanted: readonly unknown[], actual: unknown, path: string): string[] {
  if (typeof actual === 'string') return wanted.filter((part) => typeof part !== 'string' || !actual.includes(part)).map((part) => `${path || 'the text'}: has no ${JSON.stringify(part)} in ${JSON.stringify(actual)}`)
  if (!Array.isArray(actual)) return [say(path, wanted, actual)]
  return wanted.filter((element) => !actual.some((candidate) => differences(element, candidate).length === 0)).map((element) => `${path || 'the list'}: contains no ${JSON.stringify(element)}`)
}

function exact(expected: unknown, actual: unknown, path: string): string[] {
  if (isObject(expected) && isObject(actual)) {
    const extra = Object.keys(actual).filter((key) => !(key in expected)).map((key) => `${path ? `${path}.` : ''}${key}: not expected`)
    return [...extra, ...Object.entries(expected).flatMap(([key, value]) => exact(value, actual[key], path ? `${path}.${key}` : key))]
  }
  if (Array.isArray(expected) && Array.isArray(actual) && expected.length === actual.length) return expected.flatMap((element, index) => exact(element, actual[index], `${path}[${index}]`))
  return Object.is(expected, actual) ? [] : [say(path, expected, actual)]
}

export const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)
const say = (path: string, expected: unknown, actual: unknown): string => `${path || 'the result'}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(actual) ?? 'nothing'}`
