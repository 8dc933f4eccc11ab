/** The package's `main` does not load in Node; the module that bundlers take does, by its path. */
declare module 'wgsl_reflect/wgsl_reflect.module.js' {
  export { WgslParser } from 'wgsl_reflect';
}
