/* The mark: a brocade pouch gathered by its cord, a coin woven into the cloth. */
export function Mark({ size = 32 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 40 40" aria-hidden="true" focusable="false">
      <path
        d="M11.6 5.2c1.7-1.5 3.1.5 4.6.1 1.4-.4 2.2-2 3.8-2s2.4 1.6 3.8 2c1.5.4 2.9-1.6 4.6-.1 1.5 1.4-.7 5.3-3.3 8.3H14.9c-2.6-3-4.8-6.9-3.3-8.3Z"
        fill="var(--mark-cloth, #0a6b4e)"
      />
      <path
        d="M15 16.2h10c6.7 4.2 10 9.4 10 13.5 0 5.3-5.9 7.5-15 7.5S5 35 5 29.7c0-4.1 3.3-9.3 10-13.5Z"
        fill="var(--mark-cloth, #0a6b4e)"
      />
      <circle cx="20" cy="27.4" r="5.6" fill="none" stroke="#f1e3b8" strokeWidth="1.7" />
      <rect x="18" y="25.4" width="4" height="4" fill="none" stroke="#f1e3b8" strokeWidth="1.5" />
      <path d="M13.4 14.9h13.2" stroke="#c9982a" strokeWidth="2.8" strokeLinecap="round" />
      <path
        d="M26 15c2.9-.2 4.8 1 5.6 3.3m-6.1-2.700c1.8 1.1 2.6 2.8 2.5 5"
        fill="none"
        stroke="#c9982a"
        strokeWidth="1.7"
        strokeLinecap="round"
      />
    </svg>
  );
}
