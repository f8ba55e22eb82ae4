export { Cluster, type ClusterOptions, Redis, type RedisOptions } from 'ioredis';

/*
 * ioredis has a class that extends String. By that V8 turns String.prototype into a dictionary, and every `charCodeAt` in the
 * process costs four times as much (D-042). Going through the names of a String turns it back for good.
 */
for (const _name in Object(''));
