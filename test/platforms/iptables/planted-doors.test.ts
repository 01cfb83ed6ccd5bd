import { plantedDoors } from '../../support/planted.js';
import { MORE_WAYS } from './more-ways.js';
import { planter } from './planter.js';
import { WAYS } from './ways.js';

plantedDoors({ ...planter, ways: [...WAYS, ...MORE_WAYS] });
