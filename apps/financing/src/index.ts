export { createFinancingGroup, openFinancingKeep, NAME, type FinancingOptions } from './group.ts'
export { directory } from './books/directory.view.ts'
export { kinds } from './books/financing-books.ts'
