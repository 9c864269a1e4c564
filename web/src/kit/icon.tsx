/* Our own line icons on a 20-unit grid; decoration only, the words beside them carry the meaning. */
const PATHS = {
  overview: 'M3 10.5 10 4l7 6.500M5 9v7.500h10V9',
  accounts: 'M4 5.500h12M4 10h12M4 14.500h7',
  transfers: 'M4 7h11m-3-3 3 3-3 3M16 13H5m3-3-3 3 3 3',
  verify: 'M10 2.8 16 5v4.600c0 3.7-2.5 6.3-6 7.6-3.5-1.3-6-3.9-6-7.600V5l6-2.200Zm-2.6 7 1.9 1.9 3.4-3.7',
  checkpoint: 'M10 3v14M10 3l4 3.200L10 9M5 17h10',
  keys: 'M12.5 3.500a4 4 0 1 1-3.2 6.400L4 15.200V17h2.500v-1.700h1.700v-1.700h1.600l1-1M13.5 7.400h.01',
  help: 'M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14Zm-2-8.500a2 2 0 1 1 2.9 1.800c-.6.3-.9.7-.9 1.400M10 13.800h.01',
  more: 'M4.5 10h.01M10 10h.01M15.5 10h.01',
  plus: 'M10 4v12M4 10h12',
  check: 'm4.5 10.5 3.7 3.7 7.3-8',
  cross: 'm5 5 10 10M15 5 5 15',
  minus: 'M5 10h10',
  copy: 'M7 7V4h9v9h-3M4 7h9v9H4V7Z',
  right: 'm8 5 5 5-5 5',
  left: 'm12 5-5 5 5 5',
  link: 'M8.5 11.5 12 8M7 9 5.2 10.800a2.8 2.8 0 0 0 4 4L11 13M9 7l1.8-1.800a2.8 2.8 0 0 1 4 4L13 11',
  pause: 'M7 4.500v11M13 4.500v11',
  play: 'M6.5 4.500v11l9-5.5-9-5.500Z',
  warn: 'M10 3.5 17.5 16.500h-15L10 3.500Zm0 4.800v3.700M10 14.300h.01',
  info: 'M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14Zm0-7.500v4M10 6.700h.01',
  sun: 'M10 13.500a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7ZM10 2v1.500M10 16.500V18M2 10h1.500M16.5 10H18M4.3 4.300l1.1 1.100M14.6 14.600l1.1 1.100M4.3 15.700l1.1-1.100M14.6 5.400l1.1-1.1',
  moon: 'M16.5 12A7 7 0 0 1 8 3.500a7 7 0 1 0 8.5 8.500Z',
  system: 'M3 4.500h14v9H3v-9ZM7 17h6M10 13.500V17',
  out: 'M12 4H4.500v12H12M8.5 10H17m-3-3 3 3-3 3',
  file: 'M5 2.500h7l3.5 3.500v11.500H5v-15ZM12 2.500V6h3.5',
  download: 'M10 3v10m-4-4 4 4 4-4M4 17h12',
  search: 'M9 15A6 6 0 1 0 9 3a6 6 0 0 0 0 12Zm4.5-1.500L17 17',
  clock: 'M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14Zm0-11v4l2.5 2.5',
  offline: 'M3 3l14 14M5.5 9.500A7 7 0 0 1 8 8M2.5 6.800A11 11 0 0 1 5 5M12 8a7 7 0 0 1 2.5 1.500M9 4a11 11 0 0 1 8.5 2.800M8 13a3.3 3.3 0 0 1 3.5-.5M10 16h.01',
  eye: 'M2 10s3-5.500 8-5.500S18 10 18 10s-3 5.500-8 5.500S2 10 2 10Zm8 2.300a2.3 2.3 0 1 0 0-4.600 2.3 2.3 0 0 0 0 4.600Z',
  eye_off: 'm3 3 14 14M8.2 4.700A8 8 0 0 1 10 4.500c5 0 8 5.500 8 5.500a13 13 0 0 1-2.600 3.200M5 6.300A13 13 0 0 0 2 10s3 5.500 8 5.500a8 8 0 0 0 3.300-.7',
  bell: 'M5 8.500a5 5 0 0 1 10 0c0 4 1.5 5.500 1.5 5.500h-13S5 12.500 5 8.500Zm3.500 8.300a1.7 1.7 0 0 0 3 0',
  person: 'M10 10a3.3 3.3 0 1 0 0-6.600A3.3 3.3 0 0 0 10 10Zm-6.500 7c.5-3 3-4.600 6.500-4.600s6 1.600 6.500 4.600',
  card: 'M2.5 5h15v10.500h-15V5Zm0 3.300h15M5 12.500h3',
  device: 'M6 2.500h8v15H6v-15ZM9 15h2',
  lock: 'M4.5 9h11v8h-11V9Zm2.300 0V6.300a3.2 3.2 0 0 1 6.400 0V9',
  scale: 'M10 3v14M6 17h8M4 6h12M4 6l-2 5.500a2.3 2.3 0 0 0 4 0L4 6Zm12 0-2 5.500a2.3 2.3 0 0 0 4 0L16 6Z',
} as const;
export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 18 }: { name: IconName; size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 20 20"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.6"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
