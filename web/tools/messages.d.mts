type Catalogue = Record<string, string | Record<string, string>>;
export const KIT: string;
export const APPS: string[];
export function faults(catalogues: Record<string, Catalogue>): string[];
export function keysSource(catalogue: Catalogue): string;
export function read(dir: string): { en: Catalogue; 'zh-CN': Catalogue };
export function repeated(kit: Catalogue, app: Catalogue): string[];
export function check(dir: string, write: boolean): string[];
