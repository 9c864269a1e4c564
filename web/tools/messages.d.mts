type Catalogue = Record<string, string | Record<string, string>>;
export function faults(catalogues: Record<string, Catalogue>): string[];
export function keysSource(catalogue: Catalogue): string;
export function read(lang: string): Catalogue;
