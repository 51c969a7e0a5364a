/** Where MongoDB is. */
export interface MongoServer {
	readonly url: string;
	/** The database in it that all services of this Stoa share. */
	readonly database: string;
}

const MONGODB_URL = /^mongodb(?:\+srv)?:\/\/[^/?]+(?:\/([^?]*))?(?:\?.*)?$/;

/** Several hosts make it a URL that `URL` cannot read. */
export const isMongoUrl = (url: string): boolean => MONGODB_URL.test(url);

/**
 * The database is called as the namespace; without one, as the URL says.
 *
 * @returns undefined when no URL is given: the documents are in PostgreSQL then
 */
export function mongoServer(url: string | undefined, namespace: string | undefined): MongoServer | undefined {
	if (url === undefined) return undefined;
	return { url, database: namespace || MONGODB_URL.exec(url)?.[1] || "stoa" };
}
