interface Fact {
	readonly id: string;
	readonly name: string;
	readonly data: { readonly timestamp: string };
}

/** The body that third parties get, as text: it is signed, so every attempt must send the same bytes. */
export const payloadOf = ({ id, name, data }: Fact): string =>
	JSON.stringify({ id, type: name, createdAt: data.timestamp, data });
