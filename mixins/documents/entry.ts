/** A document and the version of the facts that it tells; null tells that there is none any more. */
export interface Entry<T extends object = object> {
	readonly id: string;
	/** A positive integer that grows with every change of what the document is made of. */
	readonly version: number;
	readonly document: T | null;
}

/** An entry that has a document. */
export interface Stored<T extends object = object> extends Entry<T> {
	readonly document: T;
}
