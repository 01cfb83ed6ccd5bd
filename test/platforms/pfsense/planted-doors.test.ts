import { plantedDoors } from '../../support/planted.js';
import { planter } from './planter.js';
import { WAYS } from './ways.js';

plantedDoors({ ...planter, ways: WAYS });
