/** What a limit counts by: an IPv4 address, or an IPv6 /64, since one subscriber owns all of it. */
export function addressKey(address: string): string {
	if (!address.includes(":")) return address;
	const [head = "", tail = ""] = address.toLowerCase().split("::");
	const groups = head.split(":").filter(Boolean);
	const after = tail.split(":").filter(Boolean);
	const zeros = address.includes("::") ? Math.max(0, 8 - groups.length - after.length) : 0;
	const all = [...groups, ...Array<string>(zeros).fill("0"), ...after];
	return `${all.slice(0, 4).map(shortest).join(":")}::/64`;
}

const shortest = (group: string): string => group.replace(/^0+(?=.)/, "");
