/** Whether libuv takes a text for an IP address (uv_inet_pton in libuv's src/inet.c; a zone after `%` is allowed for IPv6, uv_ip6_addr). */
export const isIpText = (text: string): boolean => isIpv4(text) || isIpv6(text.replace(/%.*$/, ''));

const isIpv4 = (text: string): boolean => {
  const parts = text.split('.');
  return parts.length === 4 && parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255);
};

function isIpv6(text: string): boolean {
  const halves = text.split('::');
  if (halves.length > 2) return false;
  let groups = 0;
  for (const [at, half] of halves.entries()) {
    if (half === '') {
      if (halves.length === 1) return false;
      continue;
    }
    const parts = half.split(':');
    for (const [index, part] of parts.entries()) {
      const last = at === halves.length - 1 && index === parts.length - 1;
      if (last && isIpv4(part)) groups += 2;
      else if (/^[0-9a-f]{1,4}$/i.test(part)) groups++;
      else return false;
    }
  }
  return halves.length === 2 ? groups < 8 : groups === 8;
}
