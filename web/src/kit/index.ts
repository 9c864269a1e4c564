export * from './dialog';
export * from './form';
export * from './icon';
export * from './mark';
export * from './page';
export * from './state';
export * from './text';
export * from './toast';
