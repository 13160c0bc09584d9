// The one door to graphql-js. Named by its file: a bundler would choose another build of it than Node does for the libraries
// around it, and two builds in one process refuse each other's schemas.
export * from 'graphql/index.js'
